using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeSharp.ApiServer.Tests.Metrics;

/// <summary>Reads a page of metrics as strictly as Prometheus does: whoever breaks the format fails the test that reads it.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    public Exposition(string page)
    {
        Assert.EndsWith("\n", page);
        var family = "";
        foreach (var line in page.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                continue;
            }

            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                Assert.True(_types.TryAdd(family, line.Split(' ')[3]), $"{family} comes twice");
                continue;
            }

            var match = Sample().Match(line);
            Assert.True(match.Success, $"not a sample: {line}");
            var name = match.Groups["name"].Value;
            Assert.True(name == family || (_types[family] == "histogram" && name[family.Length..] is "_bucket" or "_sum" or "_count"), $"{name} stands under {family}");
            Assert.True(_values.TryAdd(line[..line.LastIndexOf(' ')], Number(match.Groups["value"].Value)), $"twice: {line}");
        }

        CheckBuckets();
    }

    public IEnumerable<string> Families => _types.Keys;

    public string TypeOf(string family) => _types[family];

    /// <summary>The value of <c>name{label="value"}</c>, labels in the order of their names.</summary>
    public double this[string series] => _values.TryGetValue(series, out var value)
        ? value
        : throw new KeyNotFoundException($"{series} is not there; there are {string.Join('\n', _values.Keys.Where(k => k.StartsWith(series.Split('{')[0], StringComparison.Ordinal)))}");

    public bool Has(string series) => _values.ContainsKey(series);

    /// <summary>A histogram's buckets grow, and the last is its count.</summary>
    private void CheckBuckets()
    {
        foreach (var series in _values.Where(v => v.Key.Contains("_bucket{", StringComparison.Ordinal)).GroupBy(v => Le().Replace(v.Key, "")))
        {
            var values = series.Select(v => v.Value).ToList();
            Assert.Equal(values.Order(), values);
            var count = series.Key.Replace("_bucket", "_count", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal);
            Assert.Equal(_values[count], values[^1]);
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"(,(?!\}))?)*\})? (?<value>[+-]?(Inf|NaN|[0-9.]+(e[+-][0-9]+)?))$""")]
    private static partial Regex Sample();

    [GeneratedRegex(",?le=\"[^\"]*\"")]
    private static partial Regex Le();
}
