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

    private static List<Row> Read()
    {
        using var reader = new StreamReader(typeof(FieldTable).Assembly.GetManifestResourceStream("fields.tsv")!);
        var known = ApiType.All.Select(t => t.Name).ToHashSet();
        var rows = new List<Row>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            if (cells.Length < 6 || cells[1].Length == 0 || cells[4] == "inline" || cells[0] == "type")
                continue;

            var row = new Row(SchemaName(cells[0]), cells[1], cells[3], cells[4], int.TryParse(cells[5], out var n) ? n : 0);
            if (known.Contains(row.SchemaName))
                rows.Add(row);
        }

        return rows;
    }

    private static string SchemaName(string type) => type.Split('.')[0] switch
    {
        "meta" => "io.k8s.apimachinery.pkg.apis." + type,
        "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis." + type,
        _ => "io.k8s.api." + type,
    };
}
