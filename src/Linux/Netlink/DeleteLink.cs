namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip link del {Name}</c></summary>
public sealed record DeleteLink(string Name) : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfInfo());
        w.PutZeroTerminated(Ifla.Name, Name);
        return w.Finish(Rtm.DelLink, Nlm.Request | Nlm.Ack, sequence);
    }
}
