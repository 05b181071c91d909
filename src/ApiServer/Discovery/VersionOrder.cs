using System.Globalization;

namespace KubeSharp.ApiServer.Discovery;

/// <summary>Versions as upstream ranks them: v2, v1, v2beta1, v1beta2, v1alpha1, then anything else by letter.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Comparer { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Rank(x ?? ""), Rank(y ?? ""));
        return a is { } left && b is { } right
            ? right.CompareTo(left)
            : a is null && b is null ? string.CompareOrdinal(x, y) : a is null ? 1 : -1;
    }

    private static (int Stability, int Major, int Minor)? Rank(string version)
    {
        if (!version.StartsWith('v'))
            return null;

        var major = Digits(version, 1, out var at);
        if (major is null)
            return null;
        if (at == version.Length)
            return (2, major.Value, 0);

        var (stability, length) = version.AsSpan(at) switch
        {
            ['b', 'e', 't', 'a', ..] => (1, 4),
            ['a', 'l', 'p', 'h', 'a', ..] => (0, 5),
            _ => (-1, 0),
        };
        return stability >= 0 && Digits(version, at + length, out var end) is { } minor && end == version.Length ? (stability, major.Value, minor) : null;
    }

    private static int? Digits(string text, int from, out int end)
    {
        end = from;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end > from && int.TryParse(text.AsSpan(from, end - from), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
