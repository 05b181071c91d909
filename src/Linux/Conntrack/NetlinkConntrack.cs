using System.Runtime.InteropServices;
using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Conntrack;

/// <summary>ctnetlink, in the network namespace of the thread that makes this object.</summary>
public sealed class NetlinkConntrack : IConntrack, IDisposable
{
    private const byte Udp = 17;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Netfilter);

    public int DeleteUdp(Func<Flow, bool> isStale)
    {
        var stale = new List<DeleteFlow>();
        _socket.Ask(new ListFlows(), (_, body) =>
        {
            if (Read(body) is var (flow, delete) && isStale(flow))
                stale.Add(delete);
        });

        foreach (var delete in stale)
        {
            try
            {
                _socket.Execute(delete);
            }
            catch (NetlinkException e) when (e.Errno == NetlinkException.NotFound)
            {
                // It ended by itself since it was listed.
            }
        }

        return stale.Count;
    }

    public void Dispose() => _socket.Dispose();

    private static (Flow Flow, DeleteFlow Delete)? Read(ReadOnlySpan<byte> body)
    {
        FlowTuple original = default, reply = default;
        byte[] tuple = [], id = [], zone = [];
        var attributes = new AttributeReader(body[Marshal.SizeOf<NetfilterHeader>()..]);
        while (attributes.Read())
        {
            switch (attributes.Type)
            {
                case Cta.TupleOriginal:
                    original = FlowTuple.Read(attributes.Value);
                    if (original.Protocol != Udp)
                        return null;
                    tuple = attributes.Value.ToArray();
                    break;
                case Cta.TupleReply:
                    reply = FlowTuple.Read(attributes.Value);
                    break;
                case Cta.Id:
                    id = attributes.Value.ToArray();
                    break;
                case Cta.Zone:
                    zone = attributes.Value.ToArray();
                    break;
            }
        }

        return tuple.Length == 0 || reply.Protocol != Udp
            ? null
            : (new(new(original.Destination, original.DestinationPort), new(reply.Source, reply.SourcePort)), new(tuple, id, zone));
    }
}
