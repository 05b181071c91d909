namespace KubeSharp.Descriptions;

/// <summary>A row of <c>api/fields.tsv</c>, as far as naming goes.</summary>
internal sealed record FieldRow(string Type, string Json, string GoType, bool IsInline)
{
    /// <summary>The rows of the packages that are served, and of meta.</summary>
    public static IReadOnlyList<FieldRow> Read(string fields, string kinds)
    {
        var packages = Cells(kinds).Select(c => $"{(c[0].Length == 0 ? "core" : c[0].Split('.')[0])}.{c[1]}.").Append("meta.v1.").ToHashSet();
        return [.. from cells in Cells(fields)
                   where cells.Length > 4 && packages.Contains(cells[0][..(cells[0].LastIndexOf('.') + 1)])
                   select new FieldRow(cells[0], cells[1], cells[3].TrimStart('*'), cells[4] == "inline")];
    }

    private static IEnumerable<string[]> Cells(string path) =>
        File.ReadLines(path).Where(l => !l.StartsWith('#')).Skip(1).Select(l => l.Split('\t'));
}
