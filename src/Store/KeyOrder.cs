using System.Text;

namespace KubeSharp.Store;

/// <summary>The order of keys: by their UTF-8 bytes.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    /// <summary>Greater than every key: no UTF-8 sequence begins with this byte.</summary>
    private const byte BeyondUtf8 = 0xFF;

    public static KeyOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var same = a.CommonPrefixLength(b);

        return same == a.Length || same == b.Length
            ? a.Length.CompareTo(b.Length)
            : Weight(a[same]).CompareTo(Weight(b[same]));
    }

    /// <summary>The first possible key of a query, as bytes.</summary>
    public static byte[] FirstOf(RangeQuery query) =>
        Instance.Compare(query.After, query.Prefix) < 0 || query.After.Length == 0
            ? Encoding.UTF8.GetBytes(query.Prefix)
            : Encoding.UTF8.GetBytes(query.After + '\0');

    /// <summary>The bytes that follow the last key with the prefix. They need not be valid UTF-8.</summary>
    public static byte[] EndOf(string prefix)
    {
        if (prefix.Length == 0)
            return [BeyondUtf8];

        var end = Encoding.UTF8.GetBytes(prefix);
        end[^1]++; // never overflows: a byte of UTF-8 is at most 0xF4
        return end;
    }

    /// <summary>UTF-16 puts the surrogates (U+10000 and above) before U+E000; UTF-8 puts them last.</summary>
    private static int Weight(char c) => c switch
    {
        >= '\uE000' => c - 0x800,
        >= '\uD800' => c + 0x2000,
        _ => c,
    };
}
