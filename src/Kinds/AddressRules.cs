using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeSharp.Kinds;

/// <summary>IP addresses and networks as the API accepts them: canonical text only, no leading zeros, no shorthand.</summary>
internal static class AddressRules
{
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length == 0 || text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var parsed))
            return false;

        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetworkV6 || IsPlainDotted(text);
    }

    public static IEnumerable<string> Address(string text)
    {
        if (!TryParse(text, out _))
            yield return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    }

    public static IEnumerable<string> V4(string text)
    {
        if (!TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
            yield return "must be a valid IPv4 address";
    }

    public static IEnumerable<string> V6(string text)
    {
        if (!TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            yield return "must be a valid IPv6 address";
    }

    public static bool IsNetwork(string text) =>
        text.Split('/') is [var address, var length] && TryParse(address, out var parsed)
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && bits <= (parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    /// <summary>Addresses that no endpoint may have (KEP-less rule of <c>ValidateNonSpecialIP</c>): nobody may reach a node's own services through a Service.</summary>
    public static void NonSpecial(string text, string field, Findings findings)
    {
        if (!TryParse(text, out var address))
        {
            findings.Invalid(field, text, "must be a valid IP address");
            return;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            findings.Invalid(field, text, $"may not be unspecified ({text})");
        if (IPAddress.IsLoopback(address))
            findings.Invalid(field, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        if (IsLinkLocal(address, multicast: false))
            findings.Invalid(field, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        if (IsLinkLocal(address, multicast: true))
            findings.Invalid(field, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }

    private static bool IsLinkLocal(IPAddress address, bool multicast)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return multicast ? address.GetAddressBytes() is [0xff, 0x02, ..] : address.IsIPv6LinkLocal;

        var bytes = address.GetAddressBytes();
        return multicast ? bytes is [224, 0, 0, _] : bytes is [169, 254, _, _];
    }

    /// <summary>Four decimal parts without leading zeros; .NET would read others as octal or fill them up.</summary>
    private static bool IsPlainDotted(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
    }
}
