using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
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
    private readonly List<Listener> _open = [];
    private readonly Namespaces.NetworkNamespace _home = Namespaces.NetworkNamespace.Open("/proc/thread-self/ns/net");

    public IAsyncEnumerable<NftChange> WatchAsync(CancellationToken ct)
    {
        // Joined here and not at the first MoveNext: nothing after this call may be missed.
        var socket = _home.Run(() => NetlinkSocket.Open(NetlinkProtocol.Netfilter));
        socket.Join(Group);
        var listener = new Listener(socket);
        lock (_gate)
            _open.Add(listener);
        return ReadAsync(listener, ct);
    }

    /// <summary>Hears nothing until <see cref="Resume"/>: with no listener at all the kernel is spared the messages.</summary>
    public void Pause()
    {
        lock (_gate)
            _open.ForEach(l => l.Socket.Leave(Group));
    }

    /// <summary>Hears again, and tells every watcher of the gap.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            foreach (var listener in _open)
            {
                listener.Socket.Join(Group);
                listener.Gaps.Writer.TryWrite(true);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _open.ForEach(l => l.Socket.Dispose());
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

    private async IAsyncEnumerable<NftChange> ReadAsync(Listener listener, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            var buffer = new byte[256 * 1024];
            var touched = new HashSet<string>();
            var gap = listener.Gaps.Reader.ReadAsync(ct).AsTask();
            var receiving = listener.Socket.ReceiveAsync(buffer, ct).AsTask();
            while (true)
            {
                await Task.WhenAny(receiving, gap);
                if (gap.IsCompleted)
                {
                    await gap;
                    gap = listener.Gaps.Reader.ReadAsync(ct).AsTask();
                    yield return Gap();
                    continue;
                }

                var length = await receiving;
                if (length < 0)
                    yield return Gap();
                else
                    foreach (var change in Read(buffer.AsSpan(0, length), touched))
                        yield return change;
                receiving = listener.Socket.ReceiveAsync(buffer, ct).AsTask();
            }
        }
        finally
        {
            lock (_gate)
                _open.Remove(listener);
            listener.Socket.Dispose();
        }
    }

    private static NftChange Gap() => new(0, new HashSet<string>(), "", IsGap: true);

    private sealed class Listener(NetlinkSocket socket)
    {
        public NetlinkSocket Socket => socket;

        // Two gaps in a row say no more than one.
        public Channel<bool> Gaps { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    }
}
