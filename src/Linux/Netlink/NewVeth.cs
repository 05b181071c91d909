namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip link add {Name} type veth peer name {Peer}</c>; the peer goes straight into <paramref name="PeerNamespace"/> if one is given.</summary>
public sealed record NewVeth(string Name, string Peer, int? PeerNamespace = null) : INetlinkMessage
{
    private const ushort PeerAttribute = 1;

    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfInfo());
        w.PutZeroTerminated(Ifla.Name, Name);
        var info = w.BeginNested(Ifla.LinkInfo);
        w.PutZeroTerminated(IflaInfo.Kind, "veth");
        var data = w.BeginNested(IflaInfo.Data);
        var peer = w.BeginNested(PeerAttribute);
        w.NestedHeader(new IfInfo());
        w.PutZeroTerminated(Ifla.Name, Peer);
        if (PeerNamespace is { } ns)
            w.Put(Ifla.NetNsFd, ns);
        w.EndNested(peer);
        w.EndNested(data);
        w.EndNested(info);
        return w.Finish(Rtm.NewLink, Nlm.Request | Nlm.Ack | Nlm.Create | Nlm.Exclusive, sequence);
    }
}
