using KubeSharp.ApiServer.Metrics;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Takes the objects out of events that are too large, drops those that are so without them, and splits batches.</summary>
internal sealed partial class TruncatingBackend(IAuditBackend inner, AuditDelivery limits, ILogger<TruncatingBackend> log) : IAuditBackend
{
    private const string Name = "truncate";

    private readonly Outage _outage = new();

    public async ValueTask<bool> TakeAsync(IReadOnlyList<AuditEntry> events, CancellationToken stopping)
    {
        var (isKept, size) = (true, 0L);
        var batch = new List<AuditEntry>(events.Count);
        foreach (var whole in events)
        {
            var fitting = whole.Json.Length > limits.MaxEventBytes && whole.Event.Level >= AuditLevel.Request ? new(whole.Event.Truncated()) : whole;
            if (fitting.Json.Length > limits.MaxEventBytes)
            {
                AuditMetrics.Failed(Name, 1);
                if (_outage.Fails(1))
                    TooLarge(fitting.Json.Length, limits.MaxEventBytes);
                continue;
            }

            if (batch.Count > 0 && size + fitting.Json.Length > limits.MaxBatchBytes)
            {
                isKept &= await inner.TakeAsync([.. batch], stopping);
                batch.Clear();
                size = 0;
            }

            batch.Add(fitting);
            size += fitting.Json.Length;
        }

        return batch.Count == 0 ? isKept : await inner.TakeAsync(batch, stopping) & isKept;
    }

    public Task RunAsync(CancellationToken ct) => inner.RunAsync(ct);

    [LoggerMessage(LogLevel.Error, "An audit event of {Size} bytes is too large even without its objects, of which {Most} bytes are allowed; it is lost, as will be others like it")]
    private partial void TooLarge(long size, long most);
}
