using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Puts together what the options name: truncation, then the mode, then the file or the webhook.</summary>
internal static class AuditBackends
{
    /// <exception cref="IOException">The log file cannot be opened.</exception>
    public static IAuditBackend Open(AuditOptions options, TimeProvider clock, Random random, ILoggerFactory logs)
    {
        var backends = new List<IAuditBackend>();
        if (options.Log.Path.Length > 0)
        {
            var log = logs.CreateLogger<LogBackend>();
            var output = options.Log.Path == "-" ? new StandardOutput() : (ILogOutput)new LogFile(options.Log, clock, log);
            backends.Add(Deliver(new LogBackend(output, options.Log.Format, log), options.Log.Delivery, LogBackend.Name, sendsAtOnce: 1));
        }

        if (options.Webhook.Target is { } target)
        {
            var webhook = new WebhookBackend(target.Server, new(target.Transport) { Timeout = Timeout.InfiniteTimeSpan }, options.Webhook.InitialBackoff, clock, random, logs.CreateLogger<WebhookBackend>());
            backends.Add(Deliver(webhook, options.Webhook.Delivery, WebhookBackend.Name, BufferedBackend.MostAtOnce));
        }

        return backends.Count == 1 ? backends[0] : new UnionBackend(backends);

        IAuditBackend Deliver(IAuditBackend inner, AuditDelivery delivery, string name, int sendsAtOnce)
        {
            inner = delivery.Mode switch
            {
                AuditDelivery.Strict => inner,
                AuditDelivery.Blocking => new TolerantBackend(inner),
                _ => new BufferedBackend(inner, delivery, name, sendsAtOnce, clock, logs.CreateLogger<BufferedBackend>()),
            };
            return delivery.Truncates ? new TruncatingBackend(inner, delivery, logs.CreateLogger<TruncatingBackend>()) : inner;
        }
    }
}
