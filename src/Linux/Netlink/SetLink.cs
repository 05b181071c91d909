namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip link set dev {Index} up mtu {Mtu} master {Master}</c>; what is null stays as it is.</summary>
public sealed record SetLink(int Index, bool? IsUp = null, uint? Mtu = null, int? Master = null) : INetlinkMessage
{
    private const uint Up = 1;

    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfInfo { Index = Index, Change = IsUp is null ? 0 : Up, Flags = IsUp is true ? Up : 0 });
        if (Mtu is { } mtu)
            w.Put(Ifla.Mtu, mtu);
        if (Master is { } master)
            w.Put(Ifla.Master, master);
        return w.Finish(Rtm.NewLink, Nlm.Request | Nlm.Ack, sequence);
    }
}
