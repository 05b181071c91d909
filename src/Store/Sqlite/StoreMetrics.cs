using System.Diagnostics.Metrics;

namespace KubeSharp.Store;

/// <summary>How large the history is.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new("KubeSharp.Store");

    public StoreMetrics(Func<long> historyBytes) => _meter.CreateObservableGauge(
        "kubesharp_store_history_bytes", historyBytes, "By", "About how many bytes of the store are history: superseded versions and deletions.");

    public void Dispose() => _meter.Dispose();
}
