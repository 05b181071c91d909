using System.Diagnostics.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The outcomes of health checks, for <c>/metrics/slis</c>.</summary>
internal static class HealthMetrics
{
    public const string MeterName = "Slis.KubeSharp.ApiServer";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Gauge<double> Now = Meter.Gauge("kubernetes_healthcheck", "[STABLE] Whether a health check last found all well.");
    private static readonly Counter<long> All = Meter.Counter("kubernetes_healthchecks_total", "[STABLE] Health checks by outcome.");

    /// <param name="type"><c>healthz</c>, <c>livez</c> or <c>readyz</c>.</param>
    public static void Checked(string name, string type, bool isWell)
    {
        Now.Record(isWell ? 1 : 0, new("name", name), new KeyValuePair<string, object?>("type", type));
        All.Add(1, new("name", name), new("status", isWell ? "success" : "error"), new KeyValuePair<string, object?>("type", type));
    }
}
