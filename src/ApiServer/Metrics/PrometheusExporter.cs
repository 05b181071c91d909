using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>Collects what the meters of this program measure and writes it as Prometheus reads it (text format 0.0.4).</summary>
/// <remarks>Thread-safe. Instruments keep their names; a histogram's buckets are those its advice names.</remarks>
public sealed class PrometheusExporter : IDisposable
{
    private const int MaxSeries = 20_000;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private int _series;

    /// <param name="meters">Which meters: the beginning of their names.</param>
    public PrometheusExporter(TimeProvider clock, string meters = "KubeSharp")
    {
        _clock = clock;
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

    public byte[] Export()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var (_, family) in _families.OrderBy(f => f.Key, StringComparer.Ordinal))
            family.Write(text);
        ProcessMetrics.Write(text, _clock.GetUtcNow());
        return Encoding.UTF8.GetBytes(text.ToString());
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
        if (tags.IsEmpty)
            return "";

        var text = new StringBuilder(64);
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(name).Append("=\"");
            foreach (var c in Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
            {
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private enum Sort
    {
        Counter,
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

        public void Write(StringBuilder text)
        {
            text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(instrument.Description).Append('\n');
            text.Append("# TYPE ").Append(instrument.Name).Append(' ').Append(Kind switch
            {
                Sort.Counter => "counter",
                Sort.Histogram => "histogram",
                _ => "gauge",
            }).Append('\n');
            foreach (var (labels, series) in Series.OrderBy(s => s.Key, StringComparer.Ordinal))
                series.Write(text, instrument.Name, labels, Kind);
        }

        private static Sort KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" => Sort.Counter,
            "ObservableCounter" => Sort.Gauge,
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
                _sum = kind == Sort.Gauge ? value : _sum + value;
                _count++;
                for (var i = 0; i < _buckets.Length; i++)
                {
                    if (value <= bounds[i])
                        _buckets[i]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, string labels, Sort kind)
        {
            lock (_gate)
            {
                if (kind != Sort.Histogram)
                {
                    Line(text, name, labels, _sum);
                    return;
                }

                var comma = labels.Length > 0 ? "," : "";
                for (var i = 0; i < _buckets.Length; i++)
                    Line(text, name + "_bucket", $"{labels}{comma}le=\"{bounds[i].ToString(CultureInfo.InvariantCulture)}\"", _buckets[i]);
                Line(text, name + "_bucket", $"{labels}{comma}le=\"+Inf\"", _count);
                Line(text, name + "_sum", labels, _sum);
                Line(text, name + "_count", labels, _count);
            }
        }
    }

    internal static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
