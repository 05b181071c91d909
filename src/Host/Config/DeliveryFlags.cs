using System.CommandLine;
using System.Globalization;
using KubeSharp.ApiServer.Audit;

namespace KubeSharp.Host.Config;

/// <summary>The flags that the audit's log and webhook both have.</summary>
internal sealed class DeliveryFlags(string target, AuditDelivery standard)
{
    private readonly Option<string?> _mode = Of(target, "mode", $"batch, blocking or blocking-strict [default: {standard.Mode}]");
    private readonly Option<string?> _buffer = Of(target, "batch-buffer-size", "Events that wait at most; more are lost [default: 10000]");
    private readonly Option<string?> _batch = Of(target, "batch-max-size", $"Events in one batch [default: {standard.MaxBatch}]");
    private readonly Option<string?> _wait = Of(target, "batch-max-wait", "How long an event waits for others at most [default: 30s]");
    private readonly Option<string?> _throttles = Of(target, "batch-throttle-enable", "Whether the rate of batches is limited");
    private readonly Option<string?> _rate = Of(target, "batch-throttle-qps", "Batches a second [default: 10]");
    private readonly Option<string?> _burst = Of(target, "batch-throttle-burst", "Batches at once after a pause [default: 15]");
    private readonly Option<string?> _truncates = Of(target, "truncate-enabled", "Whether events that are too large lose their objects");
    private readonly Option<string?> _maxEvent = Of(target, "truncate-max-event-size", "Bytes of the largest event [default: 102400]");
    private readonly Option<string?> _maxBatch = Of(target, "truncate-max-batch-size", "Bytes of the largest batch [default: 10485760]");

    public IReadOnlyList<Option> All => [_mode, _buffer, _batch, _wait, _throttles, _rate, _burst, _truncates, _maxEvent, _maxBatch];

    public AuditDelivery Read(AuditValues values, AuditDelivery otherwise) => new()
    {
        Mode = values.Text(_mode, otherwise.Mode),
        BufferSize = values.Count(_buffer, otherwise.BufferSize),
        MaxBatch = values.Count(_batch, otherwise.MaxBatch),
        MaxWait = values.Time(_wait, otherwise.MaxWait),
        Throttles = values.Flag(_throttles, otherwise.Throttles),
        BatchesPerSecond = values.Rate(_rate, otherwise.BatchesPerSecond),
        Burst = values.Count(_burst, otherwise.Burst),
        Truncates = values.Flag(_truncates, otherwise.Truncates),
        MaxEventBytes = values.Count(_maxEvent, (int)otherwise.MaxEventBytes),
        MaxBatchBytes = values.Count(_maxBatch, (int)otherwise.MaxBatchBytes),
    };

    /// <summary>Upstream's checks in its words.</summary>
    public static IEnumerable<string> Problems(string target, AuditDelivery delivery)
    {
        if (delivery.Mode is not (AuditDelivery.Batch or AuditDelivery.Blocking or AuditDelivery.Strict))
            yield return $"invalid audit {target} mode {delivery.Mode}, allowed modes are \"batch,blocking,blocking-strict\"";
        if (delivery.Mode == AuditDelivery.Batch)
        {
            (string Name, double Value)[] positive =
            [
                ("buffer size", delivery.BufferSize), ("max batch size", delivery.MaxBatch),
                ("throttle QPS", delivery.Throttles ? delivery.BatchesPerSecond : 1), ("throttle burst", delivery.Throttles ? delivery.Burst : 1),
            ];
            foreach (var (name, value) in positive.Where(p => p.Value <= 0))
                yield return string.Create(CultureInfo.InvariantCulture, $"invalid audit batch {target} {name} {value}, must be a positive number");
        }

        if (delivery.MaxEventBytes <= 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"invalid audit truncate {target} max event size {delivery.MaxEventBytes}, must be a positive number");
        if (delivery.MaxBatchBytes < delivery.MaxEventBytes)
            yield return string.Create(CultureInfo.InvariantCulture, $"invalid audit truncate {target} max batch size {delivery.MaxBatchBytes}, must be greater than max event size ({delivery.MaxEventBytes})");
    }

    private static Option<string?> Of(string target, string name, string description) => AuditFlags.Flag($"{target}-{name}", description);
}

/// <summary>Reads values of flags, and says which are none.</summary>
internal sealed class AuditValues(Func<Option<string?>, string, string> value, List<string> problems)
{
    public string Text(Option<string?> flag, string otherwise) => value(flag, otherwise);

    public int Count(Option<string?> flag, int otherwise) => Read(flag, otherwise, static t => int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null, "a number");

    public double Rate(Option<string?> flag, double otherwise) =>
        Read(flag, otherwise, static t => double.TryParse(t, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) ? n : null, "a number");

    public bool Flag(Option<string?> flag, bool otherwise) => Read(flag, otherwise, static t => bool.TryParse(t, out var b) ? b : null, "true or false");

    public TimeSpan Time(Option<string?> flag, TimeSpan otherwise) => Read(flag, otherwise, TimeOf, "a time like 10s or 500ms");

    private T Read<T>(Option<string?> flag, T otherwise, Func<string, T?> parse, string what)
        where T : struct
    {
        var text = value(flag, "");
        if (text.Length == 0)
            return otherwise;
        if (parse(text) is { } read)
            return read;

        problems.Add($"{flag.Name}: \"{text}\" is not {what}");
        return otherwise;
    }

    private static TimeSpan? TimeOf(string text)
    {
        var digits = text.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]);
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > 1_000_000)
            return null;

        return text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(Math.Min(count, 8760)),
            "" when count == 0 => TimeSpan.Zero,
            _ => null,
        };
    }
}
