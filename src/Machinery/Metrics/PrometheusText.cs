using System.Globalization;
using System.Text;

namespace KubeSharp.Machinery.Metrics;

/// <summary>A page of metrics, families each followed by its values: Prometheus' text format 0.0.4, or OpenMetrics 1.0.0 for who asks for that.</summary>
/// <param name="isOpenMetrics">OpenMetrics. Its counters must be named <c>…_total</c>; of one that is not (upstream has some) the type is left open, so that its name stays.</param>
public sealed class PrometheusText(bool isOpenMetrics = false)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Total = "_total";

    private readonly StringBuilder _text = new(16 * 1024);
    private string _family = "";

    /// <summary>The media type of this page.</summary>
    public string MediaType => isOpenMetrics ? OpenMetricsType : ContentType;

    /// <summary>Whether an Accept header asks for OpenMetrics.</summary>
    public static bool WantsOpenMetrics(string accept) => accept.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);

    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    public void Family(string name, string type, string help)
    {
        _family = name;
        var shown = name;
        if (isOpenMetrics && type == "counter")
            (shown, type) = name.EndsWith(Total, StringComparison.Ordinal) ? (name[..^Total.Length], type) : (name, "unknown");
        _text.Append("# HELP ").Append(shown).Append(' ').Append(Escape(help, isOpenMetrics)).Append("\n# TYPE ").Append(shown).Append(' ').Append(type).Append('\n');
    }

    /// <summary>A family with one value.</summary>
    public void Single(string name, string type, string help, double value)
    {
        Family(name, type, help);
        Value([], value);
    }

    /// <param name="time">When it was measured; <see langword="null"/>: now.</param>
    public void Value(ReadOnlySpan<(string Name, string Value)> labels, double value, DateTimeOffset? time = null) => Line("", Labels(labels), value, time);

    /// <param name="labels">As <see cref="Labels"/> makes them.</param>
    /// <param name="counts">One for each bound, and one for what is greater than all.</param>
    internal void Histogram(string labels, IReadOnlyList<double> bounds, long[] counts, double sum)
    {
        var comma = labels.Length > 0 ? "," : "";
        var count = 0L;
        for (var i = 0; i < bounds.Count; i++)
        {
            count += counts[i];
            Line("_bucket", $"{labels}{comma}le=\"{Bound(bounds[i])}\"", count);
        }

        count += counts[^1];
        Line("_bucket", $"{labels}{comma}le=\"+Inf\"", count);
        Line("_sum", labels, sum);
        Line("_count", labels, count);
    }

    /// <param name="suffix">Behind the family's name: <c>_sum</c>, <c>_count</c>, <c>_bucket</c>.</param>
    /// <param name="labels">As <see cref="Labels"/> makes them.</param>
    public void Line(string suffix, string labels, double value, DateTimeOffset? time = null)
    {
        _text.Append(_family).Append(suffix);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(GoNumber.Text(value));
        if (time is { } at)
            _text.Append(' ').Append(isOpenMetrics ? GoNumber.Text(at.ToUnixTimeMilliseconds() / 1e3) : at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        _text.Append('\n');
    }

    /// <summary>Labels as they stand between the braces, escaped.</summary>
    public static string Labels(ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (labels.IsEmpty)
            return "";

        var text = new StringBuilder(64);
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(name).Append("=\"").Append(Escape(value, quotes: true)).Append('"');
        }

        return text.ToString();
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(isOpenMetrics ? _text + "# EOF\n" : _text.ToString());

    /// <summary>OpenMetrics wants to see that a bound is no whole number by chance.</summary>
    private string Bound(double bound)
    {
        var text = GoNumber.Text(bound);
        return isOpenMetrics && !text.AsSpan().ContainsAny('.', 'e', 'I') ? text + ".0" : text;
    }

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
