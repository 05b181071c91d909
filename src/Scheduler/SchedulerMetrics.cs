using System.Diagnostics.Metrics;

namespace KubeSharp.Scheduler;

/// <summary>The scheduler's metrics, by upstream's names.</summary>
internal static class SchedulerMetrics
{
    private static readonly Meter Meter = new("KubeSharp.Scheduler");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("scheduler_schedule_attempts_total", description: "Attempts to schedule pods, by result.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("scheduler_scheduling_algorithm_duration_seconds", "s", "Time to find a node for a pod.");

    /// <param name="result"><c>scheduled</c>, <c>unschedulable</c> or <c>error</c>.</param>
    public static void Attempted(string result, TimeSpan duration)
    {
        Attempts.Add(1, new KeyValuePair<string, object?>("result", result), new KeyValuePair<string, object?>("profile", "default-scheduler"));
        Durations.Record(duration.TotalSeconds);
    }
}
