using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeSharp.Machinery;

/// <summary>A block of IP addresses as Services use it: <c>10.96.0.0/12</c>. Equal blocks are one value, however they were written.</summary>
public sealed record AddressBlock
{
    private readonly UInt128 _base;

    private AddressBlock(UInt128 start, int bits, AddressFamily family) => (_base, Bits, Family) = (start, bits, family);

    public int Bits { get; }

    public AddressFamily Family { get; }

    public bool IsIpv6 => Family == AddressFamily.InterNetworkV6;

    /// <summary>The lowest address that may be given out; the one below it names the network.</summary>
    public IPAddress First => At(0);

    /// <summary>How many addresses may be given out: not the network's own, nor the broadcast address of IPv4.</summary>
    public long Count
    {
        get
        {
            if (HostBits >= 63)
                return long.MaxValue;
            return Math.Max(0, (1L << HostBits) - (IsIpv6 ? 1 : 2));
        }
    }

    /// <summary>How many of the lowest addresses are left to who asks for an address of his own (KEP-3070): a sixteenth, 16 to 256, none of a small block.</summary>
    public int StaticBand => HostBits switch
    {
        <= 4 => 0,
        >= 12 => 256,
        var bits => Math.Max(16, 1 << (bits - 4)),
    };

    private int Width => IsIpv6 ? 128 : 32;

    private int HostBits => Width - Bits;

    /// <summary>The block, or <see langword="null"/> if the text is none. Bits beyond the prefix are dropped.</summary>
    public static AddressBlock? Find(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var address) || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            return null;

        // Within the part of IPv6 that means IPv4 a block is one of IPv4: so its addresses are written, too.
        if (address.IsIPv4MappedToIPv6 && bits is >= 96 and <= 128)
            (address, bits) = (address.MapToIPv4(), bits - 96);
        return bits <= (address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32) ? Of(address, bits) : null;
    }

    public static AddressBlock Of(IPNetwork network) => Of(network.BaseAddress, network.PrefixLength);

    /// <summary>The address as everybody would write it (RFC 5952); an IPv4 address within IPv6 is the IPv4 address.</summary>
    public static string Text(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Groups(address) : address.ToString();
    }

    /// <param name="offset">0 for <see cref="First"/>; less than <see cref="Count"/>.</param>
    public IPAddress At(long offset)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _base + 1 + (UInt128)offset);
        return new(bytes[^(Width / 8)..]);
    }

    /// <summary>Whether the address may be given out of this block.</summary>
    public bool Has(IPAddress address)
    {
        if (address.AddressFamily != Family)
            return false;

        var number = NumberOf(address);
        return HasNumber(number) && number != _base && (IsIpv6 || number != _base + ((UInt128)1 << HostBits) - 1);
    }

    /// <summary>Whether every address of the other block is in this one.</summary>
    public bool Contains(AddressBlock other) => other.Family == Family && other.Bits >= Bits && HasNumber(other._base);

    public override string ToString() => $"{Text(new(BaseBytes()))}/{Bits}";

    private static AddressBlock Of(IPAddress address, int bits)
    {
        var width = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        // A shift by the whole width would be none.
        var start = bits == 0 ? 0 : NumberOf(address) >> (width - bits) << (width - bits);
        return new(start, bits, address.AddressFamily);
    }

    private bool HasNumber(UInt128 number) => Bits == 0 || (number >> HostBits) == (_base >> HostBits);

    private byte[] BaseBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _base);
        return bytes[^(Width / 8)..];
    }

    private static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes : bytes[12..], out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>.NET writes some addresses with dots (ISATAP, IPv4-compatible) where others write hexadecimal.</summary>
    private static string Groups(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        Span<ushort> groups = stackalloc ushort[8];
        for (var i = 0; i < groups.Length; i++)
            groups[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);

        var (start, length) = LongestZeros(groups);
        var text = new StringBuilder(39);
        for (var i = 0; i < groups.Length; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
                text.Append(':');
            text.Append(CultureInfo.InvariantCulture, $"{groups[i]:x}");
        }

        return text.ToString();
    }

    /// <summary>The first of the longest runs of two or more zeros: that is what <c>::</c> stands for.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        var (start, length) = (-1, 1);
        for (var i = 0; i < groups.Length; i++)
        {
            var end = i;
            while (end < groups.Length && groups[end] == 0)
                end++;
            if (end - i > length)
                (start, length) = (i, end - i);
            i = Math.Max(i, end - 1);
        }

        return (start, length);
    }
}
