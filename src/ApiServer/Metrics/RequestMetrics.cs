using System.Diagnostics.Metrics;
using System.Globalization;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Counts requests under upstream's names.</summary>
internal sealed class RequestMetrics : IDisposable
{
    private static readonly double[] Seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private static readonly HashSet<string> Verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "put", "post", "options", "head"];

    private readonly Meter _meter = new("KubeSharp.ApiServer");
    private readonly Counter<long> _total;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _longRunning;

    public RequestMetrics()
    {
        _total = _meter.CreateCounter<long>("apiserver_request_total", description: "Requests by verb, resource and answer.");
        _duration = _meter.CreateHistogram("apiserver_request_duration_seconds", "s", "How long requests took, those without end aside.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _longRunning = _meter.CreateUpDownCounter<long>("apiserver_longrunning_requests", description: "Watches and streams that are open.");
    }

    /// <summary>Counts a request without end until it is disposed.</summary>
    /// <param name="isServed">Whether the path leads to a resource; made-up paths must not make up series.</param>
    public IDisposable Running(RequestInfo info, bool isServed)
    {
        var tags = Tags(info, isServed);
        _longRunning.Add(1, tags);
        return new Ending(() => _longRunning.Add(-1, tags));
    }

    public void Done(RequestInfo info, bool isServed, int code, TimeSpan? took)
    {
        var tags = Tags(info, isServed);
        if (took is { } time)
            _duration.Record(time.TotalSeconds, tags);
        _total.Add(1, [.. tags, new("code", code.ToString(CultureInfo.InvariantCulture))]);
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Tags(RequestInfo info, bool isServed)
    {
        var known = isServed ? info : new("", info.Verb);
        return
        [
            new("verb", Verbs.Contains(info.Verb) ? info.Verb.ToUpperInvariant() : "OTHER"),
            new("group", known.Group),
            new("version", known.Version),
            new("resource", known.Resource),
            new("subresource", known.Subresource),
            new("scope", !isServed ? "" : info.Name.Length > 0 ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster"),
        ];
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
