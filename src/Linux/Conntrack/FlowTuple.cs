using System.Net;
using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Conntrack;

/// <summary>One direction of a flow, as nested attributes spell it.</summary>
internal readonly record struct FlowTuple(IPAddress Source, IPAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    public static FlowTuple Read(ReadOnlySpan<byte> nested)
    {
        var tuple = new FlowTuple(IPAddress.Any, IPAddress.Any, 0, 0, 0);
        var parts = new AttributeReader(nested);
        while (parts.Read())
        {
            var fields = new AttributeReader(parts.Value);
            while (fields.Read())
            {
                tuple = (parts.Type, fields.Type) switch
                {
                    (Cta.TupleIp, Cta.IpSource) => tuple with { Source = new(fields.Value) },
                    (Cta.TupleIp, Cta.IpDestination) => tuple with { Destination = new(fields.Value) },
                    (Cta.TupleProtocol, Cta.ProtocolNumber) => tuple with { Protocol = fields.Value[0] },
                    (Cta.TupleProtocol, Cta.ProtocolSourcePort) => tuple with { SourcePort = fields.UInt16BigEndian },
                    (Cta.TupleProtocol, Cta.ProtocolDestinationPort) => tuple with { DestinationPort = fields.UInt16BigEndian },
                    _ => tuple,
                };
            }
        }

        return tuple;
    }
}
