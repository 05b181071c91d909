using System.Diagnostics.Metrics;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Counts what cannot be used, under upstream's names.</summary>
internal static class AggregatorMetrics
{
    private static readonly Meter Meter = new("KubeSharp.ApiServer.Aggregation");
    private static readonly UpDownCounter<int> Now = Meter.CreateUpDownCounter<int>("aggregator_unavailable_apiservice", description: "APIServices that are unavailable now.");
    private static readonly Counter<long> Total = Meter.CreateCounter<long>("aggregator_unavailable_apiservice_total", description: "APIServices that became unavailable, by reason.");

    /// <param name="change">1 when it went, -1 when it came back.</param>
    public static void Unavailable(string name, int change) => Now.Add(change, new KeyValuePair<string, object?>("name", name));

    public static void BecameUnavailable(string name, string reason) => Total.Add(1, new("name", name), new KeyValuePair<string, object?>("reason", reason));
}
