using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>A network device as the kernel lists it.</summary>
/// <param name="Kind"><c>veth</c>, <c>vxlan</c>, <c>bridge</c> …; empty for hardware and loopback.</param>
/// <param name="PeerIndex">The device under or opposite this one; 0 if none.</param>
public sealed record Link(int Index, string Name, bool IsUp, bool IsLoopback, uint Mtu, int Master, int PeerIndex, string Kind)
{
    private const uint Up = 1;
    private const uint Loopback = 8;

    internal static Link Read(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<IfInfo>(body);
        var link = new Link(header.Index, "", (header.Flags & Up) != 0, (header.Flags & Loopback) != 0, 0, 0, 0, "");
        var attributes = new AttributeReader(body[Marshal.SizeOf<IfInfo>()..]);
        while (attributes.Read())
        {
            link = attributes.Type switch
            {
                Ifla.Name => link with { Name = attributes.Text },
                Ifla.Mtu => link with { Mtu = attributes.UInt32 },
                Ifla.Link => link with { PeerIndex = (int)attributes.UInt32 },
                Ifla.Master => link with { Master = (int)attributes.UInt32 },
                Ifla.LinkInfo => link with { Kind = KindOf(attributes.Value) },
                _ => link,
            };
        }

        return link;
    }

    private static string KindOf(ReadOnlySpan<byte> info)
    {
        var attributes = new AttributeReader(info);
        while (attributes.Read())
        {
            if (attributes.Type == IflaInfo.Kind)
                return attributes.Text;
        }

        return "";
    }
}
