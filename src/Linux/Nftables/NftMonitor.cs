using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeSharp.Linux.Netlink;

namespace KubeSharp.Linux.Nftables;

/// <summary>
/// Hears the transactions of nf_tables (group NFNLGRP_NFTABLES): the kernel sends every changed object, then one message with the
/// transaction's generation and who made it.
/// </summary>
internal sealed class NftMonitor : IDisposable
{
    private const int Group = 7;

    /// <summary>NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, NFTA_SET_TABLE, NFTA_SET_ELEM_LIST_TABLE …: all are 1.</summary>
    private const ushort TableAttribute = 1;

    private const ushort GenerationId = 1;
    private const ushort GenerationProgram = 3;

    private readonly Lock _gate = new();
    private readonly List<NetlinkSocket> _open = [];
    private readonly Namespaces.NetworkNamespace _home = Namespaces.NetworkNamespace.Open("/proc/thread-self/ns/net");

    public IAsyncEnumerable<NftChange> WatchAsync(CancellationToken ct)
    {
        // Joined here and not at the first MoveNext: nothing after this call may be missed.
        var socket = _home.Run(() => NetlinkSocket.Open(NetlinkProtocol.Netfilter));
        socket.Join(Group);
        lock (_gate)
            _open.Add(socket);
        return ReadAsync(socket, ct);
    }

    public void Dispose()
    {
        lock (_gate)
            _open.ForEach(s => s.Dispose());
        _home.Dispose();
    }

    internal static (uint Generation, string Program) GenerationOf(ReadOnlySpan<byte> body)
    {
        var (generation, program) = (0u, "");
        var attributes = new AttributeReader(body[Marshal.SizeOf<NetfilterHeader>()..]);
        while (attributes.Read())
        {
            if (attributes.Type == GenerationId)
                generation = attributes.UInt32BigEndian;
            else if (attributes.Type == GenerationProgram)
                program = attributes.Text;
        }

        return (generation, program);
    }

    /// <summary>Adds what a datagram says to the tables touched so far and answers the transactions it completes.</summary>
    internal static List<NftChange> Read(ReadOnlySpan<byte> datagram, HashSet<string> touched)
    {
        var changes = new List<NftChange>();
        var reader = new MessageReader(datagram);
        while (reader.Read())
        {
            if (reader.Header.Type == NftMessage.NewGeneration)
            {
                var (generation, program) = GenerationOf(reader.Body);
                changes.Add(new(generation, new HashSet<string>(touched), program));
                touched.Clear();
            }
            else if ((reader.Header.Type & 0xff00) == NftMessage.Subsystem && reader.Body.Length >= Marshal.SizeOf<NetfilterHeader>())
            {
                var attributes = new AttributeReader(reader.Body[Marshal.SizeOf<NetfilterHeader>()..]);
                while (attributes.Read())
                {
                    if (attributes.Type == TableAttribute)
                        touched.Add(attributes.Text);
                }
            }
        }

        return changes;
    }

    private async IAsyncEnumerable<NftChange> ReadAsync(NetlinkSocket socket, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            var buffer = new byte[256 * 1024];
            var touched = new HashSet<string>();
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, ct);
                if (length < 0)
                    yield return new(0, new HashSet<string>(), "", IsGap: true);
                else
                    foreach (var change in Read(buffer.AsSpan(0, length), touched))
                        yield return change;
            }
        }
        finally
        {
            lock (_gate)
                _open.Remove(socket);
            socket.Dispose();
        }
    }
}
