using System.Diagnostics.Metrics;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Counts how often the configuration of encryption was exchanged, or could not be.</summary>
internal static class ReloadMetrics
{
    private static readonly Counter<long> Reloads = ApiServerMeter.Instance.Counter(
        "apiserver_encryption_config_controller_automatic_reloads_total", "[ALPHA] How often a changed encryption configuration was taken (success) or refused (failure).");
    private static readonly Gauge<double> Last = ApiServerMeter.Instance.Gauge(
        "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds", "[ALPHA] When that last happened.");

    public static void Done(bool isTaken, DateTimeOffset now)
    {
        var labels = Instruments.Labels(("apiserver_id_hash", ""), ("status", isTaken ? "success" : "failure"));
        Reloads.Add(1, labels);
        Last.Record(now.ToUnixTimeMilliseconds() / 1000.0, labels);
    }
}
