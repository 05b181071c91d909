using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeSharp.Machinery.Metrics;

/// <summary>Collects what the meters of this program measure and writes it as Prometheus reads it.</summary>
/// <remarks>Thread-safe. Instruments keep their names; a histogram's buckets are those its advice names.</remarks>
public sealed class PrometheusExporter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <param name="wants">Which meters, by their names; without it those of KubeSharp.</param>
    public PrometheusExporter(Func<string, bool>? wants = null)
    {
        wants ??= static name => name.StartsWith("KubeSharp", StringComparison.Ordinal);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (wants(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, static (_, i) => new(i), instrument));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => (state as MetricFamily)?.Measure(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => (state as MetricFamily)?.Measure(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => (state as MetricFamily)?.Measure(value, tags));
        _listener.Start();
    }

    /// <summary>Writes all that was measured so far.</summary>
    public void Write(PrometheusText text)
    {
        _listener.RecordObservableInstruments();
        foreach (var (_, family) in _families.OrderBy(f => f.Key, StringComparer.Ordinal))
            family.Write(text);
    }

    public void Dispose() => _listener.Dispose();
}
