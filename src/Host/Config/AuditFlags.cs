using System.CommandLine;
using System.Globalization;
using KubeSharp.ApiServer.Audit;
using KubeSharp.Client.Config;

namespace KubeSharp.Host.Config;

/// <summary>The flags of the audit, under upstream's names.</summary>
internal sealed class AuditFlags
{
    private static readonly AuditOptions Default = new();

    private readonly Option<string?> _policy = Flag("policy-file", "An audit.k8s.io/v1 Policy: which requests are noted, and how much of each (default: none)");
    private readonly Option<string?> _path = Flag("log-path", "Where events are written; - is standard output (default: nowhere)");
    private readonly Option<string?> _format = Flag("log-format", "json or legacy [default: json]");
    private readonly Option<string?> _version = Flag("log-version", "The version of written events [default: audit.k8s.io/v1]");
    private readonly Option<string?> _maxAge = Flag("log-maxage", "Days for which old files are kept; 0 for any age [default: 366]");
    private readonly Option<string?> _maxBackups = Flag("log-maxbackup", "How many old files are kept; 0 for all [default: 100]");
    private readonly Option<string?> _maxSize = Flag("log-maxsize", "Megabytes from which a new file is begun; 0 for never [default: 100]");
    private readonly Option<string?> _compress = Flag("log-compress", "true: old files are zipped");
    private readonly DeliveryFlags _log = new("log", Default.Log.Delivery);
    private readonly Option<string?> _webhook = Flag("webhook-config-file", "A kubeconfig of the server that events are sent to (default: nowhere)");
    private readonly Option<string?> _webhookVersion = Flag("webhook-version", "The version of sent events [default: audit.k8s.io/v1]");
    private readonly Option<string?> _backoff = Flag("webhook-initial-backoff", "The pause before a failed batch is sent again [default: 10s]");
    private readonly Option<string?> _oldBackoff = Flag("webhook-batch-initial-backoff", "The former name of --audit-webhook-initial-backoff");
    private readonly DeliveryFlags _sent = new("webhook", Default.Webhook.Delivery);

    public IReadOnlyList<Option> All =>
    [
        _policy, _path, _format, _version, _maxAge, _maxBackups, _maxSize, _compress, .. _log.All,
        _webhook, _webhookVersion, _backoff, _oldBackoff, .. _sent.All,
    ];

    /// <returns>The policy's file, empty for none, and where events go.</returns>
    public (string PolicyFile, AuditOptions Options) Read(Func<Option<string?>, string, string> value, List<string> problems)
    {
        var values = new AuditValues(value, problems);
        var options = new AuditOptions
        {
            Log = new()
            {
                Path = value(_path, ""),
                Format = value(_format, "json"),
                MaxAgeDays = values.Count(_maxAge, Default.Log.MaxAgeDays),
                MaxBackups = values.Count(_maxBackups, Default.Log.MaxBackups),
                MaxMegabytes = values.Count(_maxSize, Default.Log.MaxMegabytes),
                Compresses = values.Flag(_compress, otherwise: false),
                Delivery = _log.Read(values, Default.Log.Delivery),
            },
            Webhook = new()
            {
                Target = Target(value(_webhook, ""), problems),
                InitialBackoff = values.Time(_backoff, values.Time(_oldBackoff, Default.Webhook.InitialBackoff)),
                Delivery = _sent.Read(values, Default.Webhook.Delivery),
            },
        };
        if (options.Log.Path.Length > 0)
            Check(options.Log, value(_version, "audit.k8s.io/v1"), problems);
        if (options.Webhook.Target is not null)
        {
            CheckVersion(value(_webhookVersion, "audit.k8s.io/v1"), problems);
            problems.AddRange(DeliveryFlags.Problems("webhook", options.Webhook.Delivery));
        }

        return (value(_policy, ""), options);
    }

    internal static Option<string?> Flag(string name, string description) => new("--audit-" + name) { Description = description };

    private static void Check(AuditLogOptions log, string version, List<string> problems)
    {
        problems.AddRange(DeliveryFlags.Problems("log", log.Delivery));
        CheckVersion(version, problems);
        if (log.Format is not ("json" or "legacy"))
            problems.Add($"invalid audit log format {log.Format}, allowed formats are \"legacy,json\"");
        foreach (var (flag, number) in new[] { ("maxage", log.MaxAgeDays), ("maxbackup", log.MaxBackups), ("maxsize", log.MaxMegabytes) })
        {
            if (number < 0)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"--audit-log-{flag} {number} can't be a negative number"));
        }
    }

    private static void CheckVersion(string version, List<string> problems)
    {
        if (version != "audit.k8s.io/v1")
            problems.Add("invalid group version, allowed versions are [\"audit.k8s.io/v1\"]");
    }

    private static AuditWebhookTarget? Target(string path, List<string> problems)
    {
        if (path.Length == 0)
            return null;

        try
        {
            var access = Kubeconfig.Load(path).Access();
            return new(access.Server, access.CreateHandler(TimeProvider.System));
        }
        catch (Exception e) when (e is KubeconfigException or System.Security.Cryptography.CryptographicException)
        {
            problems.Add($"--audit-webhook-config-file: initializing audit webhook: {e.Message}");
            return null;
        }
    }
}
