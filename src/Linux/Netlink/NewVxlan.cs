namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip link add {Name} type vxlan id {Vni} dstport {Port} nolearning</c></summary>
public sealed record NewVxlan(string Name, uint Vni, ushort Port) : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfInfo());
        w.PutZeroTerminated(Ifla.Name, Name);
        var info = w.BeginNested(Ifla.LinkInfo);
        w.PutZeroTerminated(IflaInfo.Kind, "vxlan");
        var data = w.BeginNested(IflaInfo.Data);
        w.Put(IflaVxlan.Id, Vni);
        w.Put(IflaVxlan.Learning, (byte)0);
        w.PutBigEndian(IflaVxlan.Port, Port); // the one field of this message in network order
        w.EndNested(data);
        w.EndNested(info);
        return w.Finish(Rtm.NewLink, Nlm.Request | Nlm.Ack | Nlm.Create | Nlm.Exclusive, sequence);
    }
}
