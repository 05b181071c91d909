using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Sizes of what clients send.</summary>
internal static class BodyMetrics
{
    private static readonly Histogram<double> Sizes = ApiServerMeter.Instance.Histogram(
        "apiserver_request_body_size_bytes", "[ALPHA] Sizes of the bodies of writes.", Buckets.Linear(50_000, 100_000, 31));

    /// <param name="verb"><c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>.</param>
    public static void Read(ResourceType type, string verb, int bytes) =>
        Sizes.Record(bytes, new("group", type.Group), new("resource", type.Plural), new KeyValuePair<string, object?>("verb", verb));
}
