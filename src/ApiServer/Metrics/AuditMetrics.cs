using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Counts the entries of the audit log.</summary>
internal static class AuditMetrics
{
    private static readonly Counter<long> Levels = ApiServerMeter.Instance.Counter("apiserver_audit_level_total", "[ALPHA] Requests by the level at which the policy has them noted.");
    private static readonly Counter<long> Errors = ApiServerMeter.Instance.Counter("apiserver_audit_error_total", "[ALPHA] Entries that could not be kept.");

    public static Counter<long> Events { get; } = ApiServerMeter.Instance.PlainCounter("apiserver_audit_event_total", "[ALPHA] Entries handed to the audit log.");

    public static Counter<long> Rejected { get; } = ApiServerMeter.Instance.PlainCounter("apiserver_audit_requests_rejected_total", "[ALPHA] Requests refused because they could not be noted.");

    /// <param name="level"><c>None</c>, <c>Metadata</c>, <c>Request</c> or <c>RequestResponse</c>.</param>
    public static void Judged(string level) => Levels.Add(1, new KeyValuePair<string, object?>("level", level));

    /// <param name="plugin">What was to keep it: <c>log</c>, <c>webhook</c>.</param>
    public static void Failed(string plugin, long count) => Errors.Add(count, new KeyValuePair<string, object?>("plugin", plugin));
}
