using System.Runtime.CompilerServices;

namespace KubeSharp.Architecture.Tests;

/// <summary>The checkout this test was compiled from, read as text.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<SourceFile> SourceFiles { get; } = Read("src");

    public static IEnumerable<SourceFile> TestFiles { get; } = Read("tests");

    /// <summary>The names of the projects a project refers to.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> References { get; } =
        Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            p => Path.GetFileNameWithoutExtension(p),
            IReadOnlyList<string> (p) => [.. System.Xml.Linq.XDocument.Load(p).Descendants("ProjectReference")
                .Where(r => r.Attribute("OutputItemType") is null)
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))]);

    private static List<SourceFile> Read(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(p => new SourceFile(Path.GetRelativePath(Root, p), File.ReadAllLines(p)))];

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "KubeSharp.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the repository's root was not found above " + here);
    }
}

internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    public string Project => Path.Split(System.IO.Path.DirectorySeparatorChar)[1];

    public override string ToString() => Path;
}
