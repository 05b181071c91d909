using System.Collections.Frozen;
using System.Globalization;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Where a group stands among groups, and a version among the versions of its group: higher comes first.</summary>
internal readonly record struct Priority(int Group, int Version)
{
    /// <summary>Of custom resources.</summary>
    public static Priority Custom { get; } = new(1000, 100);

    /// <summary>Of the group of APIServices, which has none itself.</summary>
    public static Priority First { get; } = new(20_001, 0);
}

/// <summary>Upstream's priorities of the server's own groups, out of <c>api/groups.tsv</c>.</summary>
internal static class Priorities
{
    /// <summary>For a version the table does not know.</summary>
    private const int AnyVersion = 15;

    private static readonly FrozenDictionary<(string Group, string Version), Priority> Known = Read().ToFrozenDictionary(p => p.Key, p => p.Value);

    public static Priority Of(string group, string version) =>
        group == RemoteApis.OwnGroup ? Priority.First : Known.TryGetValue((group, version), out var known) ? known : Priority.Custom;

    private static IEnumerable<KeyValuePair<(string Group, string Version), Priority>> Read()
    {
        using var stream = typeof(Priorities).Assembly.GetManifestResourceStream("groups.tsv") ?? throw new InvalidOperationException("groups.tsv is not embedded");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            if (line.StartsWith('#') || cells.Length < 6 || !int.TryParse(cells[4], NumberStyles.None, CultureInfo.InvariantCulture, out var group))
                continue;

            var versions = cells[5].Split(',').Select(v => v.TrimEnd('?').Split('=')).Where(v => v.Length == 2).ToDictionary(v => v[0], v => int.Parse(v[1], CultureInfo.InvariantCulture));
            foreach (var version in cells[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
                yield return new((cells[1], version), new(group, versions.GetValueOrDefault(version, AnyVersion)));
        }
    }
}
