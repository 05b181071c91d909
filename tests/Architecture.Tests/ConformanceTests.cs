using System.Text.RegularExpressions;

namespace KubeSharp.Architecture.Tests;

/// <summary><c>docs/conformance.md</c> against the tables it is written from (eng/conformance/write).</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public void The_page_tells_of_every_test_of_the_suite_once()
    {
        var told = File.ReadLines(Path.Combine(Repository.Root, "docs/conformance.md")).Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => l[2..]).Order(StringComparer.Ordinal);
        var names = Rows("names.tsv").Select(r => r[1]).Order(StringComparer.Ordinal);

        Assert.Equal(names, told);
    }

    [Fact]
    public void What_is_said_to_cover_a_test_is_there() =>
        Assert.Empty(from row in Rows("known.tsv")
                     from Match path in PathInNote().Matches(row[3])
                     where !Path.Exists(Path.Combine(Repository.Root, path.Value))
                     select $"{row[1]}: {path.Value}");

    private static IEnumerable<string[]> Rows(string table) =>
        File.ReadLines(Path.Combine(Repository.Root, "eng/conformance", table)).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t'));

    [GeneratedRegex(@"\b(?:tests|src)/[\w./]+\w")]
    private static partial Regex PathInNote();
}
