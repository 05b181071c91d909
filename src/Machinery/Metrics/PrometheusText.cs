using System.Globalization;
using System.Text;

namespace KubeSharp.Machinery.Metrics;

/// <summary>A page in Prometheus' text format 0.0.4: families, each followed by its values.</summary>
public sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new(16 * 1024);
    private string _family = "";

    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
    }

    /// <summary>A family with one value.</summary>
    public void Single(string name, string type, string help, double value)
    {
        Family(name, type, help);
        Value([], value);
    }

    /// <param name="time">When it was measured; <see langword="null"/>: now.</param>
    public void Value(ReadOnlySpan<(string Name, string Value)> labels, double value, DateTimeOffset? time = null) => Line("", Labels(labels), value, time);

    /// <param name="suffix">Behind the family's name: <c>_sum</c>, <c>_count</c>, <c>_bucket</c>.</param>
    /// <param name="labels">As <see cref="Labels"/> makes them.</param>
    public void Line(string suffix, string labels, double value, DateTimeOffset? time = null)
    {
        _text.Append(_family).Append(suffix);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture));
        if (time is { } at)
            _text.Append(' ').Append(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
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
            text.Append(name).Append("=\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());
}
