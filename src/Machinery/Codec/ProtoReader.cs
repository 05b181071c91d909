using System.Buffers.Binary;

namespace KubeSharp.Machinery;

/// <summary>Walks the fields of one protobuf message.</summary>
public ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The wire type of the current field.</summary>
    public int WireType { get; private set; }

    /// <summary>Moves to the next field; the caller must take or skip its value.</summary>
    public bool Next(out int field)
    {
        field = 0;
        if (_rest.IsEmpty)
            return false;

        var tag = Number();
        WireType = (int)(tag & 7);
        field = tag >> 3 is > 0 and <= int.MaxValue and var number ? (int)number : throw new DecodeException("proto: illegal tag");
        return true;
    }

    public ulong Varint()
    {
        if (WireType != 0)
            throw WrongType();
        return Number();
    }

    public double Float()
    {
        if (WireType != 1)
            throw WrongType();
        var value = BinaryPrimitives.ReadDoubleLittleEndian(Take(8));
        return double.IsFinite(value) ? value : throw new DecodeException("proto: a number that JSON does not have");
    }

    public ReadOnlySpan<byte> Bytes()
    {
        if (WireType != 2)
            throw WrongType();
        var size = Number();
        return size <= (ulong)_rest.Length ? Take((int)size) : throw new DecodeException("proto: unexpected end of message");
    }

    /// <summary>Passes over the current field's value.</summary>
    public void Skip()
    {
        switch (WireType)
        {
            case 0:
                Number();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new DecodeException($"proto: illegal wireType {WireType}");
        }
    }

    private ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw new DecodeException("proto: integer overflow");
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size > _rest.Length)
            throw new DecodeException("proto: unexpected end of message");
        var taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }

    private readonly DecodeException WrongType() => new($"proto: wrong wireType = {WireType}");
}
