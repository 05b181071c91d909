using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Calls to the webhooks that convert custom resources.</summary>
internal static class ConversionMetrics
{
    private static readonly IReadOnlyList<double> Seconds = Buckets.Exponential(0.001, 2, 15);
    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Histogram<double> Conversions = Meter.Histogram("apiserver_crd_conversion_webhook_duration_seconds", "[ALPHA] How long conversions by webhook took.", Seconds);
    private static readonly Counter<long> Requests = Meter.Counter("apiserver_conversion_webhook_request_total", "[ALPHA] Questions to conversion webhooks, by what became of them.");
    private static readonly Histogram<double> RequestTimes = Meter.Histogram(
        "apiserver_conversion_webhook_duration_seconds", "[ALPHA] How long conversion webhooks took to answer.", [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60]);

    /// <param name="definition">The CustomResourceDefinition's name.</param>
    /// <param name="failure">Empty for a success, else <c>conversion_webhook_call_failure</c> and the like.</param>
    public static void Converted(string definition, string from, string to, string failure, TimeSpan took)
    {
        var isDone = failure.Length == 0;
        Conversions.Record(took.TotalSeconds, new("crd_name", definition), new("from_version", from), new("succeeded", isDone ? "true" : "false"), new("to_version", to));
        ReadOnlySpan<KeyValuePair<string, object?>> labels = [new("failure_type", failure), new("result", isDone ? "success" : "failure")];
        Requests.Add(1, labels);
        RequestTimes.Record(took.TotalSeconds, labels);
    }
}
