using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Conntrack;

/// <summary><c>conntrack -L -f ipv4</c></summary>
internal sealed record ListFlows : INetlinkMessage
{
    private const ushort Get = (1 << 8) | 1;

    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new NetfilterHeader { Family = 2 });
        return w.Finish(Get, Nlm.Request | Nlm.Dump, sequence);
    }
}

/// <summary><c>conntrack -D</c> of exactly one flow.</summary>
/// <param name="Original">CTA_TUPLE_ORIG as the kernel listed it.</param>
/// <param name="Id">CTA_ID: a flow that took its place meanwhile has another.</param>
internal sealed record DeleteFlow(ReadOnlyMemory<byte> Original, ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Zone) : INetlinkMessage
{
    private const ushort Delete = (1 << 8) | 2;
    private const ushort Nested = 0x8000;

    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new NetfilterHeader { Family = 2 });
        w.Put(Cta.TupleOriginal | Nested, Original.Span);
        w.Put(Cta.Id, Id.Span);
        if (Zone.Length > 0)
            w.Put(Cta.Zone, Zone.Span);
        return w.Finish(Delete, Nlm.Request | Nlm.Ack, sequence);
    }
}

/// <summary>Attributes of ctnetlink (linux/netfilter/nfnetlink_conntrack.h).</summary>
internal static class Cta
{
    public const ushort TupleOriginal = 1;
    public const ushort TupleReply = 2;
    public const ushort Id = 12;
    public const ushort Zone = 18;

    public const ushort TupleIp = 1;
    public const ushort TupleProtocol = 2;

    public const ushort IpSource = 1;
    public const ushort IpDestination = 2;

    public const ushort ProtocolNumber = 1;
    public const ushort ProtocolSourcePort = 2;
    public const ushort ProtocolDestinationPort = 3;
}
