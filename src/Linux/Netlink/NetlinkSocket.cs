using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeSharp.Linux.Netlink;

/// <summary>A conversation with the kernel. It belongs to the network namespace of the thread that opened it, whoever uses it later.</summary>
/// <remarks>Requests are answered before they return and may come from any thread; a socket is used either for requests or for listening.</remarks>
public sealed class NetlinkSocket : IDisposable
{
    private const ushort ErrorMessage = 2;
    private const ushort DoneMessage = 3;
    private const int Interrupted = 4;

    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly byte[] _request = new byte[4096];
    private readonly byte[] _answer = new byte[256 * 1024];
    private uint _sequence;

    private NetlinkSocket(Socket socket) => _socket = socket;

    internal delegate void MessageHandler(MessageHeader header, ReadOnlySpan<byte> body);

    public static NetlinkSocket Open(NetlinkProtocol protocol) => Open(protocol, RouteGroups.None);

    /// <summary>A socket that hears the changes of these groups.</summary>
    public static NetlinkSocket Open(NetlinkProtocol protocol, RouteGroups groups)
    {
        var fd = NetlinkCalls.socket(NetlinkCalls.AfNetlink, NetlinkCalls.SockRaw | NetlinkCalls.SockCloseOnExec, (int)protocol);
        if (fd < 0)
            throw new NetlinkException("socket", Marshal.GetLastPInvokeError());

        var handle = new SafeSocketHandle(fd, ownsHandle: true);
        var address = new NetlinkCalls.Address { Family = NetlinkCalls.AfNetlink, Groups = (uint)groups };
        if (NetlinkCalls.bind(fd, in address, Unsafe.SizeOf<NetlinkCalls.Address>()) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new NetlinkException("bind", errno);
        }

        return new(new(handle));
    }

    /// <summary>Joins a group beyond the first 32, or any group by its number; and makes room for bursts of its messages.</summary>
    public void Join(int group)
    {
        const int Room = 8 * 1024 * 1024;
        var fd = (int)_socket.Handle;
        _ = NetlinkCalls.setsockopt(fd, NetlinkCalls.SolSocket, NetlinkCalls.ReceiveBufferForce, Room, sizeof(int)); // without CAP_NET_ADMIN the default must do
        if (NetlinkCalls.setsockopt(fd, NetlinkCalls.SolNetlink, NetlinkCalls.AddMembership, group, sizeof(int)) != 0)
            throw new NetlinkException("joining a netlink group", Marshal.GetLastPInvokeError());
    }

    /// <summary>Hears no more of a group until it is joined again. What was heard before can still be received.</summary>
    public void Leave(int group)
    {
        if (NetlinkCalls.setsockopt((int)_socket.Handle, NetlinkCalls.SolNetlink, NetlinkCalls.DropMembership, group, sizeof(int)) != 0)
            throw new NetlinkException("leaving a netlink group", Marshal.GetLastPInvokeError());
    }

    /// <summary>Sends a request and waits for the kernel's acknowledgement.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Execute(INetlinkMessage message) => Ask(message, (_, _) => { });

    /// <summary>Sends a request and hands over the messages of the answer, of however many parts.</summary>
    internal void Ask(INetlinkMessage message, MessageHandler handler)
    {
        lock (_gate)
        {
            var sequence = ++_sequence;
            Send(message.Write(_request, sequence), message);
            while (!IsComplete(Receive(message), sequence, message, handler))
            {
            }
        }
    }

    /// <summary>The next datagram of the joined groups.</summary>
    /// <returns>Its length; -1 if the kernel dropped messages because nobody read in time.</returns>
    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, ct);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            return -1;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsComplete(ReadOnlySpan<byte> datagram, uint sequence, INetlinkMessage message, MessageHandler handler)
    {
        var reader = new MessageReader(datagram);
        while (reader.Read())
        {
            if (reader.Header.Sequence != sequence)
                continue; // the tail of an answer nobody waited for
            if (reader.Header.Type == DoneMessage)
                return true;
            if (reader.Header.Type != ErrorMessage)
            {
                handler(reader.Header, reader.Body);
                continue;
            }

            var errno = -MemoryMarshal.Read<int>(reader.Body);
            return errno == 0 ? true : throw new NetlinkException(message.ToString() ?? "netlink", errno);
        }

        return false;
    }

    private unsafe void Send(ReadOnlySpan<byte> bytes, INetlinkMessage message)
    {
        fixed (byte* data = bytes)
        {
            if (NetlinkCalls.send((int)_socket.Handle, data, bytes.Length, 0) < 0)
                throw new NetlinkException($"sending {message}", Marshal.GetLastPInvokeError());
        }
    }

    private unsafe ReadOnlySpan<byte> Receive(INetlinkMessage message)
    {
        fixed (byte* data = _answer)
        {
            while (true)
            {
                var length = (int)NetlinkCalls.recv((int)_socket.Handle, data, _answer.Length, 0);
                if (length >= 0)
                    return _answer.AsSpan(0, length);
                if (Marshal.GetLastPInvokeError() != Interrupted)
                    throw new NetlinkException($"the answer to {message}", Marshal.GetLastPInvokeError());
            }
        }
    }
}
