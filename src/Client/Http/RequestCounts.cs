using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.Client.Http;

/// <summary>What a client of the API counts, under client-go's names.</summary>
internal sealed class RequestCounts(string host)
{
    private static readonly Meter Meter = new("KubeSharp.Client");
    private static readonly Counter<long> Requests = Meter.Counter("rest_client_requests_total", "[ALPHA] Requests to the API by method, code and server.");
    private static readonly Counter<long> Retries = Meter.Counter("rest_client_request_retries_total", "[ALPHA] Requests that were sent again because the server asked for it.");
    private static readonly Histogram<double> Times = Meter.Histogram(
        "rest_client_request_duration_seconds", "[ALPHA] How long the API took to begin its answer.", [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]);

    private readonly ConcurrentDictionary<(int Code, string Method), KeyValuePair<string, object?>[]> _labels = new();

    /// <param name="code">0: there was no answer.</param>
    public void Done(HttpMethod method, int code, TimeSpan took)
    {
        Requests.Add(1, _labels.GetOrAdd((code, method.Method), static (k, h) => Instruments.Labels(
            ("code", k.Code == 0 ? "<error>" : k.Code.ToString(CultureInfo.InvariantCulture)), ("host", h), ("method", k.Method)), host));
        Times.Record(took.TotalSeconds, new("host", host), new KeyValuePair<string, object?>("verb", method.Method));
    }

    public void Retried(HttpMethod method, int code) =>
        Retries.Add(1, new("code", code.ToString(CultureInfo.InvariantCulture)), new("host", host), new KeyValuePair<string, object?>("verb", method.Method));
}
