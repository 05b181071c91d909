using System.Diagnostics.Metrics;

namespace KubeSharp.Machinery.Metrics;

/// <summary>Makes instruments under the names that dashboards expect.</summary>
public static class Instruments
{
    /// <summary>Marks an instrument without labels: it is shown as zero before anything is measured, as Go's client does.</summary>
    internal const string Plain = "kubesharp.plain";

    private static readonly KeyValuePair<string, object?>[] PlainTags = [new(Plain, "")];

    /// <param name="help">Begins with upstream's word for how far the name can be relied on: <c>[STABLE]</c>, <c>[BETA]</c>, <c>[ALPHA]</c>.</param>
    public static Counter<long> Counter(this Meter meter, string name, string help) => meter.CreateCounter<long>(name, description: help);

    /// <summary>A counter without labels.</summary>
    public static Counter<long> PlainCounter(this Meter meter, string name, string help) => meter.CreateCounter<long>(name, null, help, PlainTags);

    public static Histogram<double> Histogram(this Meter meter, string name, string help, IReadOnlyList<double> bounds) =>
        meter.CreateHistogram(name, null, help, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>A histogram without labels.</summary>
    public static Histogram<double> PlainHistogram(this Meter meter, string name, string help, IReadOnlyList<double> bounds) =>
        meter.CreateHistogram(name, null, help, PlainTags, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>A number that goes up and down by steps.</summary>
    public static UpDownCounter<long> Level(this Meter meter, string name, string help) => meter.CreateUpDownCounter<long>(name, description: help);

    /// <summary>A number that is set.</summary>
    public static Gauge<double> Gauge(this Meter meter, string name, string help) => meter.CreateGauge<double>(name, description: help);

    /// <summary>Labels to keep and use again: a measurement with kept labels allocates nothing.</summary>
    public static KeyValuePair<string, object?>[] Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            tags[i] = new(labels[i].Name, labels[i].Value);
        return tags;
    }
}
