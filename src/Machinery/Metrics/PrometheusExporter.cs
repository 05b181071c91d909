using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace KubeSharp.Machinery.Metrics;

/// <summary>Collects what the meters of this program measure and writes it as Prometheus reads it (text format 0.0.4).</summary>
/// <remarks>Thread-safe. Instruments keep their names; a histogram's buckets are those its advice names.</remarks>
public sealed class PrometheusExporter : IDisposable
{
    private const int MaxSeries = 20_000;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private int _series;

    /// <param name="meters">Which meters: the beginning of their names.</param>
    public PrometheusExporter(string meters = "KubeSharp")
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith(meters, StringComparison.Ordinal))
                return;

            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, static (_, i) => new(i), instrument));
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, state) => Add(state, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Add(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, state) => Add(state, value, tags));
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

    private void Add(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (state is not Family family)
            return;

        var labels = Labels(tags);
        if (!family.Series.TryGetValue(labels, out var series))
        {
            if (Interlocked.Increment(ref _series) > MaxSeries)
                return; // better a gap in the picture than a server that runs out of memory

            series = family.Series.GetOrAdd(labels, static (_, f) => new(f.Bounds), family);
        }

        series.Add(value, family.Kind);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new (string, string)[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = (tags[i].Key, Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "");
        return PrometheusText.Labels(labels);
    }

    private enum Sort
    {
        Counter,

        /// <summary>A counter that is asked for its value, not told of each step.</summary>
        Total,
        Gauge,
        Sum,
        Histogram,
    }

    private sealed class Family(Instrument instrument)
    {
        public ConcurrentDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);

        public Sort Kind { get; } = KindOf(instrument);

        public IReadOnlyList<double> Bounds { get; } = KindOf(instrument) == Sort.Histogram
            ? (instrument as Instrument<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds
            : [];

        public void Write(PrometheusText text)
        {
            text.Family(instrument.Name, Kind switch
            {
                Sort.Counter or Sort.Total => "counter",
                Sort.Histogram => "histogram",
                _ => "gauge",
            }, instrument.Description ?? "");
            foreach (var (labels, series) in Series.OrderBy(s => s.Key, StringComparer.Ordinal))
                series.Write(text, labels, Kind);
        }

        private static Sort KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" => Sort.Counter,
            "ObservableCounter" => Sort.Total,
            "UpDownCounter" => Sort.Sum,
            "Histogram" => Sort.Histogram,
            _ => Sort.Gauge,
        };
    }

    private sealed class Series(IReadOnlyList<double> bounds)
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[bounds.Count];
        private double _sum;
        private long _count;

        public void Add(double value, Sort kind)
        {
            lock (_gate)
            {
                _sum = kind is Sort.Gauge or Sort.Total ? value : _sum + value;
                _count++;
                for (var i = 0; i < _buckets.Length; i++)
                {
                    if (value <= bounds[i])
                        _buckets[i]++;
                }
            }
        }

        public void Write(PrometheusText text, string labels, Sort kind)
        {
            lock (_gate)
            {
                if (kind != Sort.Histogram)
                {
                    text.Line("", labels, _sum);
                    return;
                }

                var comma = labels.Length > 0 ? "," : "";
                for (var i = 0; i < _buckets.Length; i++)
                    text.Line("_bucket", $"{labels}{comma}le=\"{bounds[i].ToString(CultureInfo.InvariantCulture)}\"", _buckets[i]);
                text.Line("_bucket", $"{labels}{comma}le=\"+Inf\"", _count);
                text.Line("_sum", labels, _sum);
                text.Line("_count", labels, _count);
            }
        }
    }
}
