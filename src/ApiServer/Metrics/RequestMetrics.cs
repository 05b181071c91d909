using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeSharp.ApiServer.Http;
using KubeSharp.Machinery.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Counts requests under upstream's names and with its normal forms of verbs and scopes.</summary>
internal sealed class RequestMetrics
{
    /// <summary>Subresources that open a connection or are asked of another server.</summary>
    private static readonly string[] Connects = ["log", "exec", "portforward", "attach", "proxy"];

    /// <summary>The paths outside the resources that are told apart; made-up paths must not make up series.</summary>
    private static readonly HashSet<string> KnownPaths = ["/healthz", "/livez", "/readyz", "/version", "/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/api", "/apis", "/openid/v1/jwks"];

    private static readonly Meter Meter = ApiServerMeter.Instance;
    private static readonly Counter<long> Total = Meter.Counter("apiserver_request_total", "[STABLE] Requests by verb, resource, scope and the code they were answered with.");
    private static readonly Histogram<double> Duration = Meter.Histogram("apiserver_request_duration_seconds", "[STABLE] How long requests took, watches and streams aside.", Buckets.Requests);
    private static readonly Histogram<double> Sli = Meter.Histogram(
        "apiserver_request_sli_duration_seconds", "[ALPHA] How long requests took without the time they waited for webhooks or for their turn.", [.. Buckets.Requests.Skip(2)]);

    private static readonly Histogram<double> ResponseSize = Meter.Histogram("apiserver_response_sizes", "[STABLE] Sizes of the answers to reads, in bytes.", Buckets.Exponential(1000, 10, 7));
    private static readonly UpDownCounter<long> LongRunning = Meter.Level("apiserver_longrunning_requests", "[STABLE] Watches and streams that are open.");
    private static readonly UpDownCounter<long> InFlight = Meter.Level("apiserver_current_inflight_requests", "[STABLE] Requests under way, by whether they may write.");
    private static readonly Counter<long> Terminations = Meter.Counter("apiserver_request_terminations_total", "[ALPHA] Requests that this server ended to protect itself, as at the end of their time.");
    private static readonly Counter<long> Aborts = Meter.Counter("apiserver_request_aborts_total", "[ALPHA] Requests whose answer had begun and could not be finished.");
    private static readonly Counter<long> Own = Meter.Counter("apiserver_selfrequest_total", "[ALPHA] Requests of this server to itself.");
    private static readonly KeyValuePair<string, object?>[] Mutating = Instruments.Labels(("request_kind", "mutating"));
    private static readonly KeyValuePair<string, object?>[] ReadOnly = Instruments.Labels(("request_kind", "readOnly"));

    private readonly ConcurrentDictionary<RequestSort, RequestLabels> _labels = new();

    /// <param name="isServed">Whether the path leads to a resource.</param>
    public RequestLabels Begin(RequestInfo info, HttpRequest request, bool isServed, bool isLong)
    {
        var labels = LabelsOf(info, request, isServed);
        if (isLong)
            LongRunning.Add(1, labels.Base);
        else
            InFlight.Add(1, KindOf(info));
        return labels;
    }

    /// <param name="took">Absent for what has no end of its own.</param>
    /// <param name="sent">Bytes of the answer.</param>
    public static void End(RequestLabels labels, RequestInfo info, int code, TimeSpan? took, TimeSpan waited, long sent)
    {
        Total.Add(1, labels.Counted(code));
        if (took is not { } time)
        {
            LongRunning.Add(-1, labels.Base);
            return;
        }

        InFlight.Add(-1, KindOf(info));
        Duration.Record(time.TotalSeconds, labels.Timed);
        Sli.Record(Math.Max(0, (time - waited).TotalSeconds), labels.Base);
        if (labels.Sort.Verb is "GET" or "LIST")
            ResponseSize.Record(sent, labels.Base);
    }

    public static void Terminated(RequestLabels labels, int code) => Terminations.Add(1, labels.Terminated(code));

    public static void Aborted(RequestLabels labels) => Aborts.Add(1, labels.Aborted);

    public static void AskedItself(RequestLabels labels) => Own.Add(1, labels.Own);

    private static KeyValuePair<string, object?>[] KindOf(RequestInfo info) => info.Verb is "get" or "list" or "watch" or "head" or "options" ? ReadOnly : Mutating;

    private RequestLabels LabelsOf(RequestInfo info, HttpRequest request, bool isServed)
    {
        var verb = VerbOf(info, request, isServed);
        var sort = isServed
            ? new RequestSort(verb, info.Group, info.Version, info.Resource, info.Subresource, ScopeOf(info), DryRunOf(request))
            : new RequestSort(verb, "", "", "", KnownPaths.Contains(info.Path) ? info.Path : "", "", "");
        return _labels.TryGetValue(sort, out var known) ? known : _labels.GetOrAdd(sort, static s => new(s));
    }

    private static string VerbOf(RequestInfo info, HttpRequest request, bool isServed)
    {
        if (isServed && Connects.Contains(info.Subresource))
            return "CONNECT";
        if (info.Verb is "watch" or "list")
            return info.Verb == "watch" ? "WATCH" : "LIST";

        return request.Method switch
        {
            "GET" or "HEAD" => "GET",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            "PATCH" => request.ContentType?.StartsWith("application/apply-patch", StringComparison.Ordinal) == true ? "APPLY" : "PATCH",
            _ => "other",
        };
    }

    private static string ScopeOf(RequestInfo info) => info.HasNameInPath || info.Verb == "create" ? "resource" : info.Namespace.Length > 0 ? "namespace" : "cluster";

    private static string DryRunOf(HttpRequest request) => request.QueryString.Value is { Length: > 0 } text && text.Contains("dryRun", StringComparison.Ordinal)
        ? request.Query["dryRun"].All(v => v == "All") ? "All" : "invalid"
        : "";
}
