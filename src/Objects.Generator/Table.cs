namespace KubeSharp.Objects.Generator;

/// <summary>A table of <c>api/</c>: lines of tab-separated cells below a header; lines that begin with # say where the facts are from.</summary>
internal static class Table
{
    public static IEnumerable<Row> Read(string text)
    {
        string[]? header = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
                continue;

            var cells = line.Split('\t');
            if (header is null)
                header = cells;
            else
                yield return new Row(header, cells);
        }
    }

    public static string[] Words(this string list) => list.Split(',').Where(w => w.Length > 0).ToArray();
}

internal sealed class Row(string[] header, string[] cells)
{
    public string this[string column]
    {
        get
        {
            var i = System.Array.IndexOf(header, column);
            return i >= 0 && i < cells.Length ? cells[i] : "";
        }
    }
}
