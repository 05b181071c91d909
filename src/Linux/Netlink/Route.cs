using System.Net;
using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>An IPv4 route.</summary>
/// <param name="Gateway">Null for a directly connected network.</param>
/// <param name="Index">The device; 0 if none is named.</param>
public sealed record Route(
    IPAddress Destination, byte PrefixLength, IPAddress? Gateway = null, int Index = 0, IPAddress? Source = null, uint Metric = 0, uint Table = Route.MainTable)
{
    public const uint MainTable = 254;

    internal const byte Unicast = 1;

    public bool IsDefault => PrefixLength == 0;

    /// <summary>The route and the kernel's type of it (unicast, local, broadcast …).</summary>
    internal static (Route Route, byte Type) Read(ReadOnlySpan<byte> body)
    {
        var header = MemoryMarshal.Read<RouteHeader>(body);
        var route = new Route(IPAddress.Any, header.DestinationLength, Table: header.Table);
        var attributes = new AttributeReader(body[Marshal.SizeOf<RouteHeader>()..]);
        while (attributes.Read())
        {
            route = attributes.Type switch
            {
                Rta.Destination => route with { Destination = new(attributes.Value) },
                Rta.Gateway => route with { Gateway = new(attributes.Value) },
                Rta.OutInterface => route with { Index = (int)attributes.UInt32 },
                Rta.PreferredSource => route with { Source = new(attributes.Value) },
                Rta.Priority => route with { Metric = attributes.UInt32 },
                Rta.Table => route with { Table = attributes.UInt32 },
                _ => route,
            };
        }

        return (route, header.Type);
    }
}
