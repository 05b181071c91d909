using System.Buffers.Binary;
using System.Text;

namespace KubeSharp.Machinery;

/// <summary>Writes protobuf messages as gogo's generated code does: numbers in order, plain values always.</summary>
public sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Text(int number, string value)
    {
        Tag(number, Delimited);
        var size = Encoding.UTF8.GetByteCount(value);
        Number((ulong)size);
        Encoding.UTF8.GetBytes(value, Reserve(size));
    }

    public void Int32(int number, int value) => Int64(number, value);

    public void Int64(int number, long value)
    {
        Tag(number, Varint);
        Number((ulong)value);
    }

    public void Boolean(int number, bool value) => Int64(number, value ? 1 : 0);

    public void Float(int number, double value)
    {
        Tag(number, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
    }

    public void Bytes(int number, ReadOnlyMemory<byte> value)
    {
        Tag(number, Delimited);
        Number((ulong)value.Length);
        value.Span.CopyTo(Reserve(value.Length));
    }

    /// <summary>meta.v1.Time: seconds and nanoseconds.</summary>
    public void Time(int number, DateTimeOffset value) => Timestamp(number, value, 0); // the API keeps whole seconds

    public void MicroTime(int number, DateTimeOffset value) =>
        Timestamp(number, value, (int)(value.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond * 1000));

    public void Quantity(int number, Quantity value)
    {
        var mark = BeginMessage(number);
        Text(1, value.ToString());
        EndMessage(mark);
    }

    public void IntOrString(int number, IntOrString value)
    {
        var mark = BeginMessage(number);
        Int64(1, value.IsInt ? 0 : 1);
        Int32(2, value.Number);
        Text(3, value.Text);
        EndMessage(mark);
    }

    /// <summary>RawExtension, FieldsV1 and JSON alike: one field of bytes.</summary>
    public void Raw(int number, RawJson value)
    {
        var mark = BeginMessage(number);
        if (!value.IsEmpty)
            Bytes(1, value.Bytes);
        EndMessage(mark);
    }

    public void Message<T>(int number, T value)
        where T : class, IApiType<T>
    {
        var mark = BeginMessage(number);
        value.WriteProto(this);
        EndMessage(mark);
    }

    /// <summary>A named list of strings (Go's <c>Verbs</c>, <c>ExtraValue</c>): a message of its own.</summary>
    public void Strings(int number, IReadOnlyList<string> values)
    {
        var mark = BeginMessage(number);
        foreach (var value in values)
            Text(1, value);
        EndMessage(mark);
    }

    public void Map<T>(int number, IReadOnlyDictionary<string, T> items, Action<ProtoWriter, T> writeValue)
    {
        foreach (var (key, value) in JsonWrite.Sorted(items))
        {
            var mark = BeginMessage(number);
            Text(1, key);
            writeValue(this, value);
            EndMessage(mark);
        }
    }

    public void EmptyMessage(int number) => EndMessage(BeginMessage(number));

    /// <summary>Begins a nested message; the answer goes to <see cref="EndMessage"/>.</summary>
    public int BeginMessage(int number)
    {
        Tag(number, Delimited);
        return _length;
    }

    /// <summary>Puts the length before what was written since the mark.</summary>
    public void EndMessage(int mark)
    {
        var size = _length - mark;
        var prefix = SizeOf((ulong)size);
        Reserve(prefix);
        _buffer.AsSpan(mark, size).CopyTo(_buffer.AsSpan(mark + prefix));
        var end = _length;
        _length = mark;
        Number((ulong)size);
        _length = end;
    }

    /// <summary>Go's zero time is an empty message.</summary>
    private void Timestamp(int number, DateTimeOffset value, int nanos)
    {
        var mark = BeginMessage(number);
        if (value != default)
        {
            Int64(1, value.ToUnixTimeSeconds());
            Int32(2, nanos);
        }

        EndMessage(mark);
    }

    private void Tag(int number, int wireType) => Number(((ulong)number << 3) | (uint)wireType);

    private void Number(ulong value)
    {
        var target = Reserve(SizeOf(value));
        var i = 0;
        for (; value >= 0x80; value >>= 7)
            target[i++] = (byte)(value | 0x80);
        target[i] = (byte)value;
    }

    private static int SizeOf(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
            size++;
        return size;
    }

    private Span<byte> Reserve(int size)
    {
        if (_length + size > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        var span = _buffer.AsSpan(_length, size);
        _length += size;
        return span;
    }
}
