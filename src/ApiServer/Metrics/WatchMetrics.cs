using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Counts what watches are sent.</summary>
internal static class WatchMetrics
{
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Counter<long> Events = Meter.Counter("apiserver_watch_events_total", "[ALPHA] Events sent to watches.");
    private static readonly Histogram<double> Sizes = Meter.Histogram("apiserver_watch_events_sizes", "[ALPHA] Sizes of the events sent to watches, in bytes.", Buckets.Exponential(1024, 2, 8));
    private static readonly Histogram<double> Lists = Meter.Histogram(
        "apiserver_watch_list_duration_seconds", "[BETA] How long it took until a watch that began with the present state had all of it.",
        [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60]);

    private static readonly ConditionalWeakTable<ServedResource, KeyValuePair<string, object?>[]> Labels = [];

    public static KeyValuePair<string, object?>[] LabelsOf(ServedResource resource) => Labels.GetValue(
        resource, static r => Instruments.Labels(("group", r.Type.Group), ("resource", r.Type.Plural), ("version", r.Type.Version)));

    public static void Sent(KeyValuePair<string, object?>[] labels, int bytes)
    {
        Events.Add(1, labels);
        Sizes.Record(bytes, labels);
    }

    public static void Listed(ServedResource resource, string scope, TimeSpan took) => Lists.Record(
        took.TotalSeconds, new("group", resource.Type.Group), new("resource", resource.Type.Plural), new("scope", scope), new("version", resource.Type.Version));
}
