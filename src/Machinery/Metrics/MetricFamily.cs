using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeSharp.Machinery.Metrics;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily
{
    /// <summary>Better a gap in the picture than a server that runs out of memory: labels may come from users.</summary>
    private const int MaxSeries = 20_000;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _series = new(TagsComparer.Instance);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly Sort _sort;
    private readonly IReadOnlyList<double> _bounds;
    private readonly string _help;

    public MetricFamily(Instrument instrument)
    {
        Name = instrument.Name;
        _help = instrument.Description ?? "";
        _sort = instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" => Sort.Counter,
            "ObservableCounter" => Sort.Total,
            "UpDownCounter" => Sort.Level,
            "Histogram" => Sort.Histogram,
            _ => Sort.Gauge,
        };
        _bounds = _sort == Sort.Histogram ? [.. (instrument as Instrument<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds] : [];
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        if (instrument.Tags is { } tags && tags.Any(t => t.Key == Instruments.Plain))
            _series[[]] = new(_bounds, _sort == Sort.Histogram);
    }

    public string Name { get; }

    private enum Sort
    {
        Counter,

        /// <summary>A counter that is asked for its value, not told of each step.</summary>
        Total,
        Gauge,
        Level,
        Histogram,
    }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series))
        {
            if (_series.Count >= MaxSeries)
                return;
            series = _series.GetOrAdd(TagsComparer.Instance.Create(tags), static (_, f) => new(f._bounds, f._sort == Sort.Histogram), this);
        }

        if (_sort == Sort.Histogram)
            series.Observe(value);
        else if (_sort is Sort.Counter or Sort.Level)
            series.Add(value);
        else
            series.Set(value);
    }

    public void Write(PrometheusText text)
    {
        if (_series.IsEmpty)
            return; // as Go's client: a name nobody has used is not shown

        text.Family(Name, _sort switch
        {
            Sort.Counter or Sort.Total => "counter",
            Sort.Histogram => "histogram",
            _ => "gauge",
        }, _help);
        foreach (var (labels, series) in _series.Select(s => (Labels: LabelsOf(s.Key), s.Value)).OrderBy(s => s.Labels, StringComparer.Ordinal))
        {
            if (_sort == Sort.Histogram)
                text.Histogram(labels, _bounds, series.Counts(), series.Value);
            else
                text.Line("", labels, series.Value);
        }
    }

    private static string LabelsOf(KeyValuePair<string, object?>[] tags) =>
        PrometheusText.Labels([.. tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, (string?)t.Value ?? ""))]);
}
