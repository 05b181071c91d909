using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeSharp.Linux.Netlink;

/// <summary>Writes one netlink message into a buffer: a fixed header, then attributes, each padded to four bytes.</summary>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length = MessageHeader.Size;

    /// <summary>The protocol's own header, directly behind the netlink header.</summary>
    public void Header<T>(in T header)
        where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], in header);
        _length += Aligned(Marshal.SizeOf<T>());
    }

    public void Put(ushort type, ReadOnlySpan<byte> value) => value.CopyTo(Reserve(type, value.Length));

    public void Put(ushort type, byte value) => Reserve(type, 1)[0] = value;

    public void Put(ushort type, uint value) => MemoryMarshal.Write(Reserve(type, sizeof(uint)), in value);

    public void Put(ushort type, int value) => MemoryMarshal.Write(Reserve(type, sizeof(int)), in value);

    public void PutBigEndian(ushort type, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(type, sizeof(ushort)), value);

    public void PutZeroTerminated(ushort type, string value) =>
        Encoding.UTF8.GetBytes(value, Reserve(type, Encoding.UTF8.GetByteCount(value) + 1));

    /// <summary>Opens an attribute that holds attributes.</summary>
    /// <returns>What <see cref="EndNested"/> wants.</returns>
    public int BeginNested(ushort type)
    {
        var start = _length;
        Reserve(type, 0);
        return start;
    }

    /// <summary>A bare protocol header inside a nested attribute (the peer of a veth).</summary>
    public void NestedHeader<T>(in T header)
        where T : unmanaged => Header(in header);

    public readonly void EndNested(int start) => SetUInt16(start, (ushort)(_length - start));

    public readonly ReadOnlySpan<byte> Finish(ushort type, Nlm flags, uint sequence)
    {
        var header = new MessageHeader { Length = (uint)_length, Type = type, Flags = flags, Sequence = sequence };
        MemoryMarshal.Write(_buffer, in header);
        return _buffer[.._length];
    }

    private Span<byte> Reserve(ushort type, int size)
    {
        SetUInt16(_length, (ushort)(size + 4));
        SetUInt16(_length + 2, type);
        var padded = Aligned(size);
        var value = _buffer.Slice(_length + 4, padded);
        value.Clear(); // the padding and a terminating zero
        _length += 4 + padded;
        return value[..size];
    }

    private readonly void SetUInt16(int offset, ushort value) => MemoryMarshal.Write(_buffer[offset..], in value);

    private static int Aligned(int size) => (size + 3) & ~3;
}
