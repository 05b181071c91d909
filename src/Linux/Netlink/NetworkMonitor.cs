using System.Runtime.CompilerServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>Hears every change of links, IPv4 addresses and IPv4 routes of the network namespace it was made in.</summary>
public sealed class NetworkMonitor : IDisposable
{
    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.Route, RouteGroups.Link | RouteGroups.Ipv4Address | RouteGroups.Ipv4Route);

    /// <summary>The changes since this object was made, in the kernel's order, until cancelled. For one reader.</summary>
    public async IAsyncEnumerable<NetworkChange> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = await _socket.ReceiveAsync(buffer, ct);
            foreach (var change in length < 0 ? [new(NetworkChangeType.Unknown)] : Read(buffer.AsSpan(0, length)))
                yield return change;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static List<NetworkChange> Read(ReadOnlySpan<byte> datagram)
    {
        var changes = new List<NetworkChange>();
        var reader = new MessageReader(datagram);
        while (reader.Read())
        {
            if (NetworkChange.Read(reader.Header, reader.Body) is { } change)
                changes.Add(change);
        }

        return changes;
    }
}
