using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeSharp.Linux.Netlink;

/// <summary>Walks the messages of a datagram.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public MessageHeader Header { get; private set; }

    /// <summary>What follows the netlink header.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public bool Read()
    {
        if (_rest.Length < MessageHeader.Size)
            return false;

        Header = MemoryMarshal.Read<MessageHeader>(_rest);
        var length = (int)Header.Length;
        if (length < MessageHeader.Size || length > _rest.Length)
            return false; // cut short: the kernel never does this in a buffer that was large enough

        Body = _rest[MessageHeader.Size..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}

/// <summary>Walks the attributes of a message or of a nested attribute.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    /// <summary>NLA_F_NESTED and NLA_F_NET_BYTEORDER are no part of the type.</summary>
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = attributes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool Read()
    {
        if (_rest.Length < 4)
            return false;

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
            return false;

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    public readonly uint UInt32 => MemoryMarshal.Read<uint>(Value);

    public readonly uint UInt32BigEndian => BinaryPrimitives.ReadUInt32BigEndian(Value);

    public readonly ushort UInt16BigEndian => BinaryPrimitives.ReadUInt16BigEndian(Value);

    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));
}
