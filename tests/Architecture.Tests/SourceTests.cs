using System.Text.RegularExpressions;

namespace KubeSharp.Architecture.Tests;

/// <summary>What every hand-written file keeps to.</summary>
public sealed partial class SourceTests
{
    private const int Ceiling = 500;

    [Fact]
    public void No_file_is_longer_than_500_lines() =>
        Assert.Empty(Repository.SourceFiles.Concat(Repository.TestFiles)
            .Where(f => f.Lines.Count > Ceiling).Select(f => $"{f}: {f.Lines.Count} lines"));

    [Fact]
    public void The_median_file_is_short_and_nine_in_ten_are_under_250_lines()
    {
        var lengths = Repository.SourceFiles.Select(f => f.Lines.Count).Order().ToList();

        Assert.InRange(lengths[lengths.Count / 2], 1, 120);
        Assert.InRange(lengths[lengths.Count * 9 / 10], 1, 250);
    }

    [Fact]
    public void Syscalls_are_made_in_Linux_only() =>
        Assert.Empty(Lines(Repository.SourceFiles.Where(f => f.Project != "Linux"), LibraryImport()));

    [Fact]
    public void Processes_are_started_in_Linux_only() =>
        Assert.Empty(Lines(Repository.SourceFiles.Where(f => f.Project != "Linux"), ProcessStart()));

    [Fact]
    public void Pure_projects_do_no_input_or_output() =>
        Assert.Empty(Lines(Repository.SourceFiles.Where(f => f.Project is "Machinery" or "Objects" or "Kinds"), InputOutput()));

    [Fact]
    public void No_namespace_segment_is_the_name_of_a_kind()
    {
        var kinds = File.ReadLines(Path.Combine(Repository.Root, "api", "kinds.tsv"))
            .Where(l => !l.StartsWith('#')).Skip(1).Select(l => l.Split('\t')[2]).ToHashSet();

        var hidden = from file in Repository.SourceFiles
                     from line in file.Lines
                     let match = Namespace().Match(line)
                     where match.Success && match.Groups[1].Value.Split('.').Any(kinds.Contains)
                     select $"{file}: {line}";

        Assert.Empty(hidden);
    }

    private static IEnumerable<string> Lines(IEnumerable<SourceFile> files, Regex pattern) =>
        from file in files
        from line in file.Lines
        where pattern.IsMatch(line) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        select $"{file}: {line.Trim()}";

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex LibraryImport();

    [GeneratedRegex(@"\bnew ProcessStartInfo\b|\bProcess\.Start\(")]
    private static partial Regex ProcessStart();

    [GeneratedRegex(@"\b(File|Directory|Console)\.\w+\(|\bnew (FileStream|Socket|HttpClient)\b")]
    private static partial Regex InputOutput();

    [GeneratedRegex(@"^namespace ([\w.]+)")]
    private static partial Regex Namespace();
}
