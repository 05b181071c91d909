using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Nftables;

/// <summary>NFT_MSG_GETGEN: which transaction was the last.</summary>
internal sealed record GetGeneration : INetlinkMessage
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer, uint sequence)
    {
        var w = new NetlinkWriter(buffer);
        w.Header(new NetfilterHeader());
        return w.Finish(NftMessage.GetGeneration, Nlm.Request | Nlm.Ack, sequence);
    }
}
