using System.Net;
using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>An IPv4 address of a device.</summary>
public sealed record LinkAddress(int Index, IPAddress Address, byte PrefixLength)
{
    internal static LinkAddress Read(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<IfAddress>(body);
        var found = new LinkAddress(header.Index, IPAddress.Any, header.PrefixLength);
        var attributes = new AttributeReader(body[Marshal.SizeOf<IfAddress>()..]);
        while (attributes.Read())
        {
            // On a point-to-point device IFA_ADDRESS is the other end; IFA_LOCAL is always ours.
            if (attributes.Type == Ifa.Local)
                found = found with { Address = new(attributes.Value) };
        }

        return found;
    }
}
