namespace KubeSharp.Objects;

/// <summary>Everything the API serves by itself: resources, groups, columns, codecs. Generated from <c>api/</c>.</summary>
public static partial class ApiCatalog
{
    // Lazy, because the order in which the parts of a partial class initialize their fields is not defined.
    private static readonly Lazy<Dictionary<(string Group, string Version, string Kind), ObjectCodec>> CodecsByKind = new(static () =>
        Codecs().GroupBy(c => (c.Type.Group, c.Type.Version, c.Type.Kind)).ToDictionary(g => g.Key, g => g.First()));

    public static IReadOnlyCollection<ObjectCodec> AllCodecs => CodecsByKind.Value.Values;

    /// <summary>The codec of a kind, or <see langword="null"/> if there is no such kind.</summary>
    public static ObjectCodec? CodecFor(string group, string version, string kind) => CodecsByKind.Value.GetValueOrDefault((group, version, kind));
}

/// <summary>A column of a Table.</summary>
/// <param name="Priority">0: always shown; 1: with <c>-o wide</c>.</param>
public sealed record PrinterColumn(string Name, string Type, string Format, int Priority)
{
    /// <summary>Empty where the name says it all.</summary>
    public string Description { get; init; } = "";
}
