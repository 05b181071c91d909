using System.Net;
using System.Net.Sockets;

namespace KubeSharp.Kinds.Rules;

/// <summary>Addresses that traffic is sent to.</summary>
internal static class EndpointAddressRules
{
    public static IEnumerable<string> V4(string text)
    {
        if (!AddressRules.IsIp(text) || AddressRules.IsIpv6(text))
            yield return "must be a valid IPv4 address";
    }

    public static IEnumerable<string> V6(string text)
    {
        if (!AddressRules.IsIp(text) || !AddressRules.IsIpv6(text))
            yield return "must be a valid IPv6 address";
    }

    /// <summary>Addresses that no endpoint may have: nobody may reach a node's own services through a Service.</summary>
    public static void NonSpecial(string text, string field, Findings findings)
    {
        if (!AddressRules.IsIp(text))
        {
            findings.Invalid(field, text, "must be a valid IP address");
            return;
        }

        var address = IPAddress.Parse(text);
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
}
