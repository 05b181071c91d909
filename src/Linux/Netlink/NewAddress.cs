using System.Net;

namespace KubeSharp.Linux.Netlink;

/// <summary><c>ip addr replace {Address}/{PrefixLength} dev {Index}</c></summary>
public sealed record NewAddress(int Index, IPAddress Address, byte PrefixLength) : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new IfAddress { Family = 2, PrefixLength = PrefixLength, Index = Index });
        w.Put(Ifa.Local, Address.GetAddressBytes());
        w.Put(Ifa.Address, Address.GetAddressBytes());
        return w.Finish(Rtm.NewAddress, Nlm.Request | Nlm.Ack | Nlm.Create | Nlm.Replace, sequence);
    }
}
