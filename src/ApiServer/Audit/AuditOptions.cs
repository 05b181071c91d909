namespace KubeSharp.ApiServer.Audit;

/// <summary>Where the audit's events go. The defaults are upstream's.</summary>
public sealed record AuditOptions
{
    /// <summary>A file, or standard output.</summary>
    public AuditLogOptions Log { get; init; } = new();

    /// <summary>A server that takes them.</summary>
    public AuditWebhookOptions Webhook { get; init; } = new();

    /// <summary>Whether there is any.</summary>
    public bool IsAny => Log.Path.Length > 0 || Webhook.Target is not null;
}

/// <summary>How events are written to a file.</summary>
public sealed record AuditLogOptions
{
    /// <summary><c>--audit-log-path</c>; <c>-</c> is standard output, empty is nowhere.</summary>
    public string Path { get; init; } = "";

    /// <summary><c>--audit-log-format</c>: <c>json</c> or <c>legacy</c>.</summary>
    public string Format { get; init; } = "json";

    /// <summary><c>--audit-log-maxage</c> in days; 0 keeps old files however old.</summary>
    public int MaxAgeDays { get; init; } = 366;

    /// <summary><c>--audit-log-maxbackup</c>: how many old files are kept; 0 for all.</summary>
    public int MaxBackups { get; init; } = 100;

    /// <summary><c>--audit-log-maxsize</c> in megabytes (2^20 bytes), from which another file is begun; 0 for never.</summary>
    public int MaxMegabytes { get; init; } = 100;

    /// <summary><c>--audit-log-compress</c>: whether old files are zipped.</summary>
    public bool Compresses { get; init; }

    public AuditDelivery Delivery { get; init; } = new() { Mode = AuditDelivery.Blocking, MaxBatch = 1, Throttles = false };
}

/// <summary>How events are sent to a server.</summary>
public sealed record AuditWebhookOptions
{
    /// <summary><c>--audit-webhook-config-file</c>; null: nowhere.</summary>
    public AuditWebhookTarget? Target { get; init; }

    /// <summary><c>--audit-webhook-initial-backoff</c>: the pause before the second try; later ones are half as long again.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(10);

    public AuditDelivery Delivery { get; init; } = new();
}

/// <param name="Server">Each batch is posted to exactly this address.</param>
/// <param name="Transport">Proves who we are and whom we trust. Lives as long as the process.</param>
public sealed record AuditWebhookTarget(Uri Server, HttpMessageHandler Transport);

/// <summary>Whether requests wait until their events are kept, and what holds them until then.</summary>
public sealed record AuditDelivery
{
    /// <summary>Requests never wait and never fail for the audit's sake; what does not fit into the buffer is lost.</summary>
    public const string Batch = "batch";

    /// <summary>Requests wait until their events are kept or are known to be lost.</summary>
    public const string Blocking = "blocking";

    /// <summary>As <see cref="Blocking"/>; and a request that cannot be noted when it comes in is refused.</summary>
    public const string Strict = "blocking-strict";

    /// <summary><c>--audit-…-mode</c>.</summary>
    public string Mode { get; init; } = Batch;

    /// <summary><c>--audit-…-batch-buffer-size</c>, in events.</summary>
    public int BufferSize { get; init; } = 10_000;

    /// <summary><c>--audit-…-batch-max-size</c>, in events.</summary>
    public int MaxBatch { get; init; } = 400;

    /// <summary><c>--audit-…-batch-max-wait</c>: how long an event waits for others at most.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--audit-…-batch-throttle-enable</c>.</summary>
    public bool Throttles { get; init; } = true;

    /// <summary><c>--audit-…-batch-throttle-qps</c>: batches a second.</summary>
    public double BatchesPerSecond { get; init; } = 10;

    /// <summary><c>--audit-…-batch-throttle-burst</c>: how many may go at once after a pause.</summary>
    public int Burst { get; init; } = 15;

    /// <summary><c>--audit-…-truncate-enabled</c>.</summary>
    public bool Truncates { get; init; }

    /// <summary><c>--audit-…-truncate-max-event-size</c>, in bytes.</summary>
    public long MaxEventBytes { get; init; } = 100 * 1024;

    /// <summary><c>--audit-…-truncate-max-batch-size</c>, in bytes.</summary>
    public long MaxBatchBytes { get; init; } = 10 * 1024 * 1024;
}
