using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The state of servers that serve a part of this API.</summary>
internal static class AggregatorMetrics
{
    private static readonly Gauge<double> Down = ApiServerMeter.Instance.Gauge("aggregator_unavailable_apiservice", "[ALPHA] APIServices that cannot be reached now.");
    private static readonly Counter<long> Downs = ApiServerMeter.Instance.Counter("aggregator_unavailable_apiservice_total", "[ALPHA] How often an APIService became unavailable, and why.");

    /// <summary>Connections to servers whose certificate names no host, as Go would refuse it.</summary>
    public static Counter<long> MissingNames { get; } = ApiServerMeter.Instance.PlainCounter("apiserver_kube_aggregator_x509_missing_san_total", "[ALPHA] Connections to servers whose certificate lacks alternative names.");

    /// <param name="name">The APIService's name.</param>
    public static void Set(string name, bool isAvailable) => Down.Record(isAvailable ? 0 : 1, new KeyValuePair<string, object?>("name", name));

    public static void BecameUnavailable(string name, string reason) => Downs.Add(1, new("name", name), new KeyValuePair<string, object?>("reason", reason));
}
