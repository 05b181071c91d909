namespace KubeSharp.Kinds;

/// <summary>Texts that many tables share.</summary>
internal static class CellText
{
    public const string None = "<none>";
    public const string Unset = "<unset>";
    public const string Unknown = "<unknown>";

    public static string OrNone(string text) => text.Length > 0 ? text : None;

    public static string OrUnset(string? text) => string.IsNullOrEmpty(text) ? Unset : text;

    /// <summary><c>a=b,c=d</c>, as label selectors of plain maps are shown.</summary>
    public static string Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? None : string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    public static string Selector(LabelSelector? selector) =>
        selector is null || Machinery.Selector.Of(selector) is { IsEverything: true } ? None : Machinery.Selector.Of(selector).ToString();

    /// <summary>The first <paramref name="max"/> and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> values, int max) => values.Count == 0 ? None
        : values.Count <= max ? string.Join(',', values)
        : $"{string.Join(',', values.Take(max))} + {values.Count - max} more...";
}
