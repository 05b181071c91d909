using System.Globalization;

namespace KubeSharp.Machinery.Metrics;

/// <summary>Finds a series by the labels of a measurement, which lie on the caller's stack: the way of every request, so it allocates nothing.</summary>
internal sealed class TagsComparer : IEqualityComparer<KeyValuePair<string, object?>[]>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    public static TagsComparer Instance { get; } = new();

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var kept = new KeyValuePair<string, object?>[alternate.Length];
        for (var i = 0; i < kept.Length; i++)
            kept[i] = new(alternate[i].Key, TextOf(alternate[i].Value));
        return kept;
    }

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
    {
        if (alternate.Length != other.Length)
            return false;

        for (var i = 0; i < other.Length; i++)
        {
            var (mine, theirs) = (alternate[i], other[i]);
            if (!ReferenceEquals(mine.Value, theirs.Value) && !string.Equals(TextOf(mine.Value), (string?)theirs.Value, StringComparison.Ordinal))
                return false;
            if (!string.Equals(mine.Key, theirs.Key, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) => x is not null && y is not null && Equals(x.AsSpan(), y);

    public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

    /// <summary>Of the values only, and of each a few letters: names are the same throughout a family, and a collision costs one comparison.</summary>
    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = 17u;
        foreach (var (_, value) in alternate)
        {
            var text = TextOf(value);
            var length = (uint)text.Length;
            hash = (hash * 31) + length;
            if (length > 0)
                hash = (hash * 0x9E3779B1) + text[0] + ((uint)text[^1] << 8) + ((uint)text[(int)(length / 2)] << 16);
            hash = (hash << 7) | (hash >> 25);
        }

        return (int)hash;
    }

    private static string TextOf(object? value) => value switch
    {
        string text => text,
        null => "",
        bool isTrue => isTrue ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
