using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.Client.Loops;

/// <summary>What one work queue counts, under client-go's names. Its lock is the queue's: every member is called under it but those of the observed gauges.</summary>
internal sealed class QueueMetrics : IDisposable
{
    private static readonly IReadOnlyList<double> Seconds = Buckets.Exponential(1e-8, 10, 12);
    private static readonly Meter Shared = new("KubeSharp.Client.WorkQueue");
    private static readonly Counter<long> Adds = Shared.Counter("workqueue_adds_total", "[BETA] Keys that were added to a queue.");
    private static readonly Counter<long> Retries = Shared.Counter("workqueue_retries_total", "[BETA] Keys that come back after a failure.");
    private static readonly UpDownCounter<long> Depth = Shared.Level("workqueue_depth", "[BETA] Keys that wait in a queue.");
    private static readonly Histogram<double> Waits = Shared.Histogram("workqueue_queue_duration_seconds", "[BETA] How long keys wait.", Seconds);
    private static readonly Histogram<double> Works = Shared.Histogram("workqueue_work_duration_seconds", "[BETA] How long the work on a key takes.", Seconds);

    private readonly Meter _own = new("KubeSharp.Client.WorkQueue.Running");
    private readonly KeyValuePair<string, object?>[] _name;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, long> _waiting = [];
    private readonly Dictionary<ObjectKey, long> _working = [];

    public QueueMetrics(string name, TimeProvider clock)
    {
        (_name, _clock) = (Instruments.Labels(("name", name)), clock);
        Depth.Add(0, _name);
        _own.CreateObservableGauge<double>("workqueue_unfinished_work_seconds", () => Running(times => times.Sum()), null, "[BETA] Seconds of work that is under way; great numbers mean that something is stuck.");
        _own.CreateObservableGauge<double>(
            "workqueue_longest_running_processor_seconds", () => Running(times => times.DefaultIfEmpty(0).Max()), null, "[BETA] How long the work has been under way that is the longest.");
    }

    public void Added(ObjectKey key)
    {
        Adds.Add(1, _name);
        lock (_gate)
            _waiting.TryAdd(key, _clock.GetTimestamp());
    }

    public void Ready() => Depth.Add(1, _name);

    public void Retried() => Retries.Add(1, _name);

    public void Taken(ObjectKey key)
    {
        Depth.Add(-1, _name);
        var now = _clock.GetTimestamp();
        lock (_gate)
        {
            if (_waiting.Remove(key, out var since))
                Waits.Record(_clock.GetElapsedTime(since, now).TotalSeconds, _name);
            _working[key] = now;
        }
    }

    public void Done(ObjectKey key)
    {
        lock (_gate)
        {
            if (_working.Remove(key, out var since))
                Works.Record(_clock.GetElapsedTime(since).TotalSeconds, _name);
        }
    }

    public void Dispose() => _own.Dispose();

    private Measurement<double> Running(Func<IEnumerable<double>, double> value)
    {
        lock (_gate)
            return new(value(_working.Values.Select(since => _clock.GetElapsedTime(since).TotalSeconds)), _name);
    }
}
