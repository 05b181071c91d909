using System.Net;

namespace KubeSharp.Kinds.Rules;

/// <summary>IP addresses and blocks of them.</summary>
internal static class AddressRules
{
    /// <summary>Go's parser is stricter than .NET's: dotted quads without leading zeros, no bare numbers, no zones, no brackets.</summary>
    public static bool IsIp(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return text.IndexOfAny(['%', '[', ']', '/']) < 0 && IPAddress.TryParse(text, out _);

        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0') && int.Parse(p, null) <= 255);
    }

    public static bool IsCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsIp(text[..slash]) && text[(slash + 1)..] is { Length: > 0 and <= 3 } bits && bits.All(char.IsAsciiDigit)
            && int.Parse(bits, null) <= (IsIpv6(text) ? 128 : 32);
    }

    /// <summary>Whether the one block is a part of the other, and not all of it.</summary>
    public static bool IsStrictlyInside(string inner, string outer)
    {
        var (small, large) = (inner.Split('/'), outer.Split('/'));
        var (bits, length) = (int.Parse(large[1], null), int.Parse(small[1], null));
        return IsIpv6(inner) == IsIpv6(outer) && length > bits && new IPNetwork(Masked(large[0], bits), bits).Contains(IPAddress.Parse(small[0]));
    }

    public static bool IsIpv6(string text) => text.Contains(':', StringComparison.Ordinal);

    public static void Ip(this Findings findings, string field, string value)
    {
        if (!IsIp(value))
            findings.Invalid(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    public static void Cidr(this Findings findings, string field, string value)
    {
        if (!IsCidr(value))
            findings.Invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }

    private static IPAddress Masked(string address, int bits)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(bits - (8 * i), 0, 8));
        return new(bytes);
    }

    /// <summary>At most one address of each family, none twice.</summary>
    public static void OneOfEachFamily(this Findings findings, string field, IReadOnlyList<string> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            findings.Ip($"{field}[{i}]", addresses[i]);
            if (addresses.Take(i).Contains(addresses[i]))
                findings.Duplicate($"{field}[{i}]", addresses[i]);
        }

        if (addresses.Count > 2 || (addresses.Count == 2 && IsIpv6(addresses[0]) == IsIpv6(addresses[1])))
            findings.Invalid(field, addresses, "may specify no more than one IP for each IP family");
    }
}
