using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' <c>ip</c> and <c>cidr</c>.</summary>
internal static class NetworkLibrary
{
    private static readonly CelType Ip = Opaque("net.IP");
    private static readonly CelType Cidr = Opaque("net.CIDR");

    public static void AddTo(Declarations d)
    {
        d.AddType(Ip);
        d.AddType(Cidr);
        d.Function("ip", "string_to_ip", [Text], Ip, a => ParseIp(a[0].AsText, out var problem) is { } ip ? CelValue.Of(ip) : CelValue.Error(problem));
        d.Function("isIP", "is_ip", [Text], Bool, a => CelValue.Of(ParseIp(a[0].AsText, out _) is not null));
        d.Function("ip.isCanonical", "ip_is_canonical", [Text], Bool, a => ParseIp(a[0].AsText, out var problem) is { } ip ? CelValue.Of(ip.Text == a[0].AsText) : CelValue.Error(problem));
        d.Function("string", "ip_to_string", [Ip], Text, a => CelValue.Of(a[0].AsOpaque.Text));
        d.Member("family", "ip_family", [Ip], Int, a => CelValue.Of(AddressOf(a[0]).AddressFamily == AddressFamily.InterNetwork ? 4L : 6L));
        Test(d, "isUnspecified", "ip_is_unspecified", a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any));
        Test(d, "isLoopback", "ip_is_loopback", IPAddress.IsLoopback);
        Test(d, "isLinkLocalMulticast", "ip_is_link_local_multicast", a => a.GetAddressBytes() is [224, 0, 0, _] || IsV6(a, 0xFF, 0x0F, 0x02));
        Test(d, "isLinkLocalUnicast", "ip_is_link_local_unicast", IsLinkLocal);
        Test(d, "isGlobalUnicast", "ip_is_global_unicast", IsGlobal);

        d.Function("cidr", "string_to_cidr", [Text], Cidr, a => ToCidr(a[0].AsText));
        d.Function("isCIDR", "is_cidr", [Text], Bool, a => CelValue.Of(ParseCidr(a[0].AsText, out _) is not null));
        d.Function("string", "cidr_to_string", [Cidr], Text, a => CelValue.Of(a[0].AsOpaque.Text));
        d.Member("ip", "cidr_ip", [Cidr], Ip, a => CelValue.Of(new IpValue(((CidrValue)a[0].AsOpaque).Address)));
        d.Member("prefixLength", "cidr_prefix_length", [Cidr], Int, a => CelValue.Of((long)((CidrValue)a[0].AsOpaque).Bits));
        d.Member("masked", "cidr_masked", [Cidr], Cidr, a => CelValue.Of(((CidrValue)a[0].AsOpaque).Masked()));
        d.Member("containsIP", "cidr_contains_ip_string", [Cidr, Text], Bool, a => ParseIp(a[1].AsText, out var problem) is { } ip ? Contains(a[0], ip) : CelValue.Error(problem));
        d.Member("containsIP", "cidr_contains_ip_ip", [Cidr, Ip], Bool, a => Contains(a[0], (IpValue)a[1].AsOpaque));
        d.Member("containsCIDR", "cidr_contains_cidr_string", [Cidr, Text], Bool, a => ToCidr(a[1].AsText) is { IsError: false } other ? Covers(a[0], other) : ToCidr(a[1].AsText));
        d.Member("containsCIDR", "cidr_contains_cidr", [Cidr, Cidr], Bool, a => Covers(a[0], a[1]));
    }

    private static void Test(Declarations d, string name, string id, Func<IPAddress, bool> holds) =>
        d.Member(name, id, [Ip], Bool, a => CelValue.Of(holds(AddressOf(a[0]))));

    private static IPAddress AddressOf(CelValue value) => ((IpValue)value.AsOpaque).Address;

    private static bool IsV6(IPAddress address, byte first, byte mask, byte second) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.GetAddressBytes() is var b && b[0] == first && (b[1] & mask) == second;

    private static bool IsLinkLocal(IPAddress address) => address.GetAddressBytes() is [169, 254, _, _] || IsV6(address, 0xFE, 0xC0, 0x80);

    /// <summary>As Go has it: private addresses count as global.</summary>
    private static bool IsGlobal(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var isMulticast = bytes.Length == 4 ? (bytes[0] & 0xF0) == 0xE0 : bytes[0] == 0xFF;
        return !isMulticast && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast)
            && !IPAddress.IsLoopback(address) && !IsLinkLocal(address);
    }

    private static IpValue? ParseIp(string text, out string problem)
    {
        problem = "";
        var quoted = CelText.Quote(text);
        if (text.Contains('%', StringComparison.Ordinal) && text.Contains(':', StringComparison.Ordinal))
            problem = $"IP address {quoted} with zone value is not allowed";
        else if (!TryAddress(text, out var address))
            problem = $"IP Address {quoted} parse error during conversion from string: ParseAddr({quoted}): unable to parse IP";
        else if (address.IsIPv4MappedToIPv6)
            problem = $"IPv4-mapped IPv6 address {quoted} is not allowed";
        else
            return new(address);
        return null;
    }

    /// <summary>Strictly: four decimal numbers without leading zeros, or IPv6 without brackets, zone and port.</summary>
    internal static bool TryAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is 0 or > 45)
            return false;
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            var parts = text.Split('.');
            if (parts.Length != 4)
                return false;
            Span<byte> bytes = stackalloc byte[4];
            for (var i = 0; i < 4; i++)
            {
                if (parts[i].Length is 0 or > 3 || (parts[i].Length > 1 && parts[i][0] == '0') || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
                    return false;
            }

            address = new(bytes);
            return true;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
                return false;
        }

        if (text.Contains('.', StringComparison.Ordinal) && !TryAddress(text[(text.LastIndexOf(':') + 1)..], out _))
            return false;
        if (text.Split(':').Any(group => group.Length > 4 && !group.Contains('.', StringComparison.Ordinal)))
            return false;
        return IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static CelValue ToCidr(string text) =>
        ParseCidr(text, out var problem) is { } cidr ? CelValue.Of(cidr) : CelValue.Error($"network address parse error during conversion from string: {problem}");

    private static CidrValue? ParseCidr(string text, out string problem)
    {
        problem = $"network address parse error during conversion from string: netip.ParsePrefix({CelText.Quote(text)}): no '/'";
        var slash = text.LastIndexOf('/');
        if (slash < 0)
            return null;

        var length = text[(slash + 1)..];
        problem = $"network address parse error during conversion from string: netip.ParsePrefix({CelText.Quote(text)}): bad bits after slash: {CelText.Quote(length)}";
        if (!TryAddress(text[..slash], out var address))
        {
            problem = $"network address parse error during conversion from string: netip.ParsePrefix({CelText.Quote(text)}): ParseAddr({CelText.Quote(text[..slash])}): unable to parse IP";
            return null;
        }

        if (length.Length is 0 or > 3 || (length.Length > 1 && length[0] == '0') || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > address.GetAddressBytes().Length * 8)
            return null;
        if (address.IsIPv4MappedToIPv6)
        {
            problem = $"IPv4-mapped IPv6 address {CelText.Quote(text)} is not allowed";
            return null;
        }

        return new(address, bits);
    }

    private static CelValue Contains(CelValue cidr, IpValue ip) => CelValue.Of(((CidrValue)cidr.AsOpaque).Contains(ip.Address));

    private static CelValue Covers(CelValue outer, CelValue inner)
    {
        var (a, b) = ((CidrValue)outer.AsOpaque, (CidrValue)inner.AsOpaque);
        return CelValue.Of(a.Bits <= b.Bits && a.Contains(b.Address));
    }

    private sealed class IpValue(IPAddress address) : CelOpaque
    {
        public IPAddress Address { get; } = address;

        public override CelType Type => Ip;

        public override ulong Size => (ulong)Address.GetAddressBytes().Length;

        public override string Text => Address.ToString();

        public override bool IsEqual(CelOpaque other) => Address.Equals(((IpValue)other).Address);
    }

    private sealed class CidrValue(IPAddress address, int bits) : CelOpaque
    {
        public IPAddress Address { get; } = address;

        public int Bits { get; } = bits;

        public override CelType Type => Cidr;

        public override ulong Size => (ulong)(Bits + 7) / 8;

        public override string Text => $"{Address}/{Bits}";

        public override bool IsEqual(CelOpaque other) => Bits == ((CidrValue)other).Bits && Address.Equals(((CidrValue)other).Address);

        public CidrValue Masked() => new(Mask(Address), Bits);

        public bool Contains(IPAddress other) => other.AddressFamily == Address.AddressFamily && Mask(other).Equals(Mask(Address));

        private IPAddress Mask(IPAddress address)
        {
            var bytes = address.GetAddressBytes();
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] &= (byte)(0xFF00 >> Math.Clamp(Bits - i * 8, 0, 8));
            return new(bytes);
        }
    }
}
