using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace KubeSharp.Load;

/// <summary>
/// An HTTP/2 connection over TLS for one thread, which does no more than RFC 9113 and RFC 7541 ask for: client and server share the processors, and
/// what a general client spends on a request is more than a server should.
/// </summary>
internal sealed class LeanConnection : IDisposable
{
    private const int HeaderSize = 9;
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8;
    private const byte EndStream = 1, Ack = 1, EndHeaders = 4;
    private const int LargestWindow = int.MaxValue;

    private static readonly string[] IndexedStatus = ["200", "204", "206", "304", "400", "404", "500"];

    private readonly Socket _socket;
    private readonly SslStream _stream;
    private readonly byte[] _authority;
    private readonly byte[] _output = new byte[64 * 1024];
    private readonly byte[] _input = new byte[256 * 1024];
    private readonly StringBuilder _error = new();
    private int _start;
    private int _end;
    private int _next = 1;
    private long _window = 65_535;

    /// <summary>Connects and greets.</summary>
    public LeanConnection(Uri server, SslClientAuthenticationOptions options)
    {
        _authority = Encoding.ASCII.GetBytes(server.Authority);
        _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server.Host, server.Port);
        _stream = new(new NetworkStream(_socket, ownsSocket: true));
        _stream.AuthenticateAsClient(options);

        // No header table of the server's, no push; windows that need no upkeep for as long as a measurement takes.
        var greeting = new List<byte>("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        greeting.AddRange(Frame(Settings, 0, 0, [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, .. BigEndian(LargestWindow)]));
        greeting.AddRange(Frame(WindowUpdate, 0, 0, BigEndian(LargestWindow - 65_535)));
        _stream.Write([.. greeting]);
    }

    /// <summary>Called with each piece of an answer: its stream and its bytes.</summary>
    public delegate void Piece(int stream, ReadOnlySpan<byte> bytes);

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <exception cref="InvalidOperationException">The answer is not a success, or the server broke the connection off.</exception>
    public void Exchange(string method, string path, ReadOnlySpan<byte> body)
    {
        var stream = Send(method, path, body);
        var status = "";
        while (!ReadFrame(stream, ref status, static (_, _) => { }))
        {
        }

        if (!status.StartsWith('2'))
            throw new InvalidOperationException($"{method} {path}: {status} {_error}");
    }

    /// <returns>The number of the stream that the answer will come on.</returns>
    public int Send(string method, string path, ReadOnlySpan<byte> body)
    {
        var ignored = "";
        while (_window < body.Length)
            ReadFrame(0, ref ignored, static (_, _) => { });
        _window -= body.Length;

        var stream = _next;
        _next += 2;
        var at = HeaderSize;
        at = method switch
        {
            "GET" => Put(at, 0x82),
            "POST" => Put(at, 0x83),
            _ => Literal(at, 2, Encoding.ASCII.GetBytes(method)),
        };
        at = Put(at, 0x87); // :scheme https
        at = Literal(at, 1, _authority);
        at = Literal(at, 4, Encoding.ASCII.GetBytes(path));
        if (body.Length > 0)
            at = Literal(at, 31, "application/json"u8);
        WriteHead(0, at - HeaderSize, Headers, (byte)(EndHeaders | (body.Length == 0 ? EndStream : 0)), stream);
        for (var sent = 0; sent < body.Length;)
        {
            var part = Math.Min(16_384, body.Length - sent);
            var head = at;
            body.Slice(sent, part).CopyTo(_output.AsSpan(head + HeaderSize));
            sent += part;
            WriteHead(head, part, Data, sent == body.Length ? EndStream : (byte)0, stream);
            at = head + HeaderSize + part;
        }

        _stream.Write(_output.AsSpan(0, at));
        return stream;
    }

    /// <summary>Reads one frame, and answers it if the protocol wants it.</summary>
    /// <param name="wanted">The stream whose status is wanted.</param>
    /// <returns>The wanted stream is at its end.</returns>
    public bool ReadFrame(int wanted, ref string status, Piece piece)
    {
        var head = Take(HeaderSize);
        var length = (head[0] << 16) | (head[1] << 8) | head[2];
        var (type, flags, stream) = (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]) & int.MaxValue);
        var payload = Take(length);
        switch (type)
        {
            case Data:
                if (status.Length > 0 && status[0] != '2')
                    _error.Append(Encoding.UTF8.GetString(payload));
                piece(stream, payload);
                break;
            case Headers when stream == wanted:
                status = StatusOf(payload);
                break;
            case Reset:
                throw new InvalidOperationException($"the server reset stream {stream}, code {BinaryPrimitives.ReadInt32BigEndian(payload)}");
            case Settings when (flags & Ack) == 0:
                _stream.Write(Frame(Settings, Ack, 0, []));
                break;
            case Ping when (flags & Ack) == 0:
                _stream.Write(Frame(Ping, Ack, 0, payload));
                break;
            case GoAway:
                throw new InvalidOperationException("the server goes away");
            case WindowUpdate when stream == 0:
                _window += BinaryPrimitives.ReadInt32BigEndian(payload);
                break;
        }

        return stream == wanted && type is Data or Headers && (flags & EndStream) != 0;
    }

    public void Dispose() => _stream.Dispose();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _start < count)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
            while (_end < count)
            {
                var read = _stream.Read(_input.AsSpan(_end));
                _end += read > 0 ? read : throw new InvalidOperationException("the server closed the connection");
            }
        }

        var taken = _input.AsSpan(_start, count);
        _start += count;
        return taken;
    }

    private int Put(int at, byte value)
    {
        _output[at] = value;
        return at + 1;
    }

    /// <summary>A header that nobody need remember, its name one of the static table (RFC 7541, appendix A).</summary>
    private int Literal(int at, int name, ReadOnlySpan<byte> value)
    {
        at = Number(at, 0x0F, name);
        at = Number(at, 0x7F, value.Length);
        value.CopyTo(_output.AsSpan(at));
        return at + value.Length;
    }

    /// <summary>RFC 7541, section 5.1.</summary>
    private int Number(int at, int most, int value)
    {
        if (value < most)
            return Put(at, (byte)value);

        at = Put(at, (byte)most);
        for (value -= most; value >= 128; value >>= 7)
            at = Put(at, (byte)(value | 128));
        return Put(at, (byte)value);
    }

    private void WriteHead(int at, int length, byte type, byte flags, int stream)
    {
        BinaryPrimitives.WriteInt32BigEndian(_output.AsSpan(at), length << 8);
        (_output[at + 3], _output[at + 4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(_output.AsSpan(at + 5), stream);
    }

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary><c>:status</c>, which is the first header of every answer.</summary>
    private static string StatusOf(ReadOnlySpan<byte> block)
    {
        while ((block[0] & 0xE0) == 0x20)
            block = block[1..]; // the size of a table that we do not let it have
        if (block[0] is >= 0x88 and <= 0x8E)
            return IndexedStatus[block[0] - 0x88];

        var value = block.Slice(2, block[1] & 0x7F);
        return (block[1] & 0x80) == 0 ? Encoding.ASCII.GetString(value) : Huffman(value);
    }

    /// <summary>Three digits in the code of RFC 7541, appendix B: 0, 1 and 2 have five bits, the others six.</summary>
    private static string Huffman(ReadOnlySpan<byte> bytes)
    {
        var bits = 0u;
        foreach (var b in bytes)
            bits = (bits << 8) | b;
        var left = bytes.Length * 8;
        var text = new char[3];
        for (var i = 0; i < text.Length; i++)
        {
            var five = (bits >> (left - 5)) & 31;
            var isShort = five <= 2;
            text[i] = (char)(isShort ? '0' + five : '3' + ((bits >> (left - 6)) & 63) - 0b011001);
            left -= isShort ? 5 : 6;
        }

        return new(text);
    }
}
