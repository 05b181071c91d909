namespace KubeSharp.Objects.Tests;

/// <summary>The rows of <c>api/fields.tsv</c> that became members of generated types.</summary>
internal static class FieldTable
{
    public sealed record Row(string SchemaName, string Json, string GoType, string Omit, int Number)
    {
        public bool IsPointer => GoType.StartsWith('*');

        public bool OmitsEmpty => Omit == "omitempty";

        public override string ToString() => $"{SchemaName}.{Json}";
    }

    public static IReadOnlyList<Row> Rows { get; } = Read();

    /// <summary>The schema names of the structs that hold Go's TypeMeta.</summary>
    public static IReadOnlySet<string> WithTypeMeta { get; } =
        Lines().Where(c => c[3] == "meta.v1.TypeMeta").Select(c => SchemaName(c[0])).ToHashSet();

    private static List<Row> Read()
    {
        var known = ApiType.All.Select(t => t.Name).ToHashSet();
        return [.. from cells in Lines()
                   where cells[1].Length > 0 && cells[4] != "inline" && known.Contains(SchemaName(cells[0]))
                   select new Row(SchemaName(cells[0]), cells[1], cells[3], cells[4], int.TryParse(cells[5], out var n) ? n : 0)];
    }

    private static IEnumerable<string[]> Lines()
    {
        using var reader = new StreamReader(typeof(FieldTable).Assembly.GetManifestResourceStream("fields.tsv")!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is { Length: >= 6 } cells && cells[0] != "type")
                yield return cells;
        }
    }

    private static string SchemaName(string type) => type.Split('.')[0] switch
    {
        "meta" => "io.k8s.apimachinery.pkg.apis." + type,
        "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis." + type,
        "apiregistration" => "io.k8s.kube-aggregator.pkg.apis." + type,
        _ => "io.k8s.api." + type,
    };
}
