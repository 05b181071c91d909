using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.ApiServer.Http;

/// <summary>
/// Reads CBOR (RFC 8949) as upstream's decoder takes it, into JSON: byte strings are texts like text strings, those marked for a later encoding
/// get it, times are told in RFC 3339, other tags mean nothing. A key that comes twice, a number that JSON has not, and what is nested too deep are refused.
/// </summary>
internal ref struct CborToJson
{
    /// <summary>What <see cref="Json"/> takes; upstream's is 10,000 for both.</summary>
    private static readonly int MaxDepth = Json.ReaderOptions.MaxDepth;

    private readonly Utf8JsonWriter _writer;
    private ReadOnlySpan<byte> _rest;

    private CborToJson(ReadOnlySpan<byte> cbor, Utf8JsonWriter writer)
    {
        _rest = cbor;
        _writer = writer;
    }

    private enum Tag : ulong
    {
        Time = 0,
        Epoch = 1,
        BigNumber = 2,
        BigNegative = 3,
        Base64Url = 21,
        Base64 = 22,
        Base16 = 23,
        None = ulong.MaxValue,
    }

    /// <exception cref="DecodeException">Not one CBOR data item, or one that no object can hold.</exception>
    public static byte[] Convert(ReadOnlySpan<byte> cbor)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, cbor.Length * 2));
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            var reader = new CborToJson(cbor, writer);
            reader.Item(0, Tag.None);
            if (!reader._rest.IsEmpty)
                throw new DecodeException($"cbor: {reader._rest.Length} bytes of extraneous data");
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Item(int depth, Tag tag)
    {
        if (depth > MaxDepth)
            throw new DecodeException($"cbor: exceeded max nested level {MaxDepth}");

        var (major, argument, isOpen) = Head();
        if (tag == Tag.Time && major is not (2 or 3) || tag == Tag.Epoch && major is not (0 or 1 or 7))
            throw new DecodeException("cbor: a time is not of the type its tag says");

        switch (major)
        {
            case 0 or 1:
                WriteInteger(major == 0 ? Signed(argument) : ~Signed(argument), tag);
                break;
            case 2 or 3:
                WriteText(Text(major, argument, isOpen), major, tag);
                break;
            case 4:
                WriteArray(argument, isOpen, depth);
                break;
            case 5:
                WriteMap(argument, isOpen, depth);
                break;
            case 6 when (Tag)argument is Tag.BigNumber or Tag.BigNegative:
                throw new DecodeException("cbor: numbers of any size are not supported");
            case 6:
                Item(depth + 1, (Tag)argument);
                break;
            default:
                WriteSimple(argument, isOpen, tag);
                break;
        }
    }

    /// <summary>The major type, its argument, and whether the item goes on until a break. For type 7 the argument is the whole: see <see cref="WriteSimple"/>.</summary>
    private (int Major, ulong Argument, bool IsOpen) Head()
    {
        var first = Take(1)[0];
        var (major, low) = (first >> 5, first & 31);
        if (major == 7)
            return (7, (ulong)low, low == 31);

        return low switch
        {
            < 24 => (major, (ulong)low, false),
            24 => (major, Take(1)[0], false),
            25 => (major, BinaryPrimitives.ReadUInt16BigEndian(Take(2)), false),
            26 => (major, BinaryPrimitives.ReadUInt32BigEndian(Take(4)), false),
            27 => (major, BinaryPrimitives.ReadUInt64BigEndian(Take(8)), false),
            31 when major is >= 2 and <= 5 => (major, 0, true),
            _ => throw new DecodeException($"cbor: invalid additional information {low} for type {major}"),
        };
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new DecodeException("cbor: unexpected EOF");

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private static long Signed(ulong number) => number <= long.MaxValue ? (long)number : throw new DecodeException("cbor: an integer overflows int64");

    private readonly void WriteInteger(long number, Tag tag)
    {
        if (tag == Tag.Epoch)
            WriteTime(number, 0);
        else
            _writer.WriteNumberValue(number);
    }

    private readonly void WriteTime(long seconds, int nanos)
    {
        var time = new CelTimestamp(seconds, nanos);
        if (time < CelTimestamp.From(DateTimeOffset.MinValue) || time > CelTimestamp.From(DateTimeOffset.MaxValue))
            throw new DecodeException("cbor: a time is out of range");
        _writer.WriteStringValue(time.ToString());
    }

    private ReadOnlySpan<byte> Text(int major, ulong length, bool isOpen)
    {
        if (!isOpen)
            return Take(length);

        var whole = new ArrayBufferWriter<byte>();
        while (!Breaks())
        {
            var (chunk, part, isNested) = Head();
            if (chunk != major || isNested)
                throw new DecodeException("cbor: a piece of a string is not of the string's type");
            whole.Write(Take(part));
        }

        return whole.WrittenSpan;
    }

    private bool Breaks()
    {
        if (_rest.IsEmpty || _rest[0] != 0xff)
            return false;

        _rest = _rest[1..];
        return true;
    }

    private readonly void WriteText(ReadOnlySpan<byte> text, int major, Tag tag)
    {
        switch (tag)
        {
            case Tag.Base64Url when major == 2:
                _writer.WriteStringValue(Base64Url.EncodeToString(text));
                break;
            case Tag.Base64 when major == 2:
                _writer.WriteBase64StringValue(text);
                break;
            case Tag.Base16 when major == 2:
                _writer.WriteStringValue(System.Convert.ToHexString(text));
                break;
            case Tag.Time when !CelTimestamp.TryParse(System.Text.Encoding.UTF8.GetString(text), out _):
                throw new DecodeException("cbor: a time is not written as RFC 3339 has it");
            default:
                _writer.WriteStringValue(Valid(text));
                break;
        }
    }

    private static ReadOnlySpan<byte> Valid(ReadOnlySpan<byte> text) => Utf8.IsValid(text) ? text : throw new DecodeException("cbor: invalid UTF-8 string");

    private void WriteArray(ulong count, bool isOpen, int depth)
    {
        if (count > (ulong)_rest.Length)
            throw new DecodeException("cbor: unexpected EOF");

        _writer.WriteStartArray();
        for (ulong i = 0; isOpen ? !Breaks() : i < count; i++)
            Item(depth + 1, Tag.None);
        _writer.WriteEndArray();
    }

    private void WriteMap(ulong count, bool isOpen, int depth)
    {
        if (count > (ulong)_rest.Length)
            throw new DecodeException("cbor: unexpected EOF");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        _writer.WriteStartObject();
        for (ulong i = 0; isOpen ? !Breaks() : i < count; i++)
        {
            var (major, argument, isOpenKey) = Head();
            if (major is not (2 or 3))
                throw new DecodeException("cbor: the key of a map is not a string");

            var key = Valid(Text(major, argument, isOpenKey));
            if (!seen.Add(System.Text.Encoding.UTF8.GetString(key)))
                throw new DecodeException($"cbor: found duplicate map key \"{System.Text.Encoding.UTF8.GetString(key)}\" at map element index {i}");
            _writer.WritePropertyName(key);
            Item(depth + 1, Tag.None);
        }

        _writer.WriteEndObject();
    }

    private void WriteSimple(ulong low, bool isBreak, Tag tag)
    {
        double number;
        switch (low)
        {
            case 20 or 21 when tag != Tag.Epoch:
                _writer.WriteBooleanValue(low == 21);
                return;
            case 22 when tag != Tag.Epoch:
                _writer.WriteNullValue();
                return;
            case 25:
                number = (double)BinaryPrimitives.ReadHalfBigEndian(Take(2));
                break;
            case 26:
                number = BinaryPrimitives.ReadSingleBigEndian(Take(4));
                break;
            case 27:
                number = BinaryPrimitives.ReadDoubleBigEndian(Take(8));
                break;
            default:
                throw new DecodeException(isBreak ? "cbor: unexpected \"break\" code" : "cbor: a simple value that is not true, false or null");
        }

        if (!double.IsFinite(number))
            throw new DecodeException("cbor: a number that is infinite or none");
        if (tag != Tag.Epoch)
            _writer.WriteNumberValue(number == 0 ? 0 : number); // zero has no sign where integers are told from others by their value
        else if (Math.Abs(number) < 1e12)
            WriteTime((long)Math.Floor(number), (int)Math.Min(999_999_999, Math.Round((number - Math.Floor(number)) * 1e9)));
        else
            throw new DecodeException("cbor: a time is out of range");
    }
}
