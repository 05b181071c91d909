using System.Text;

namespace KubeSharp.Machinery;

/// <summary>Reads one value of a list or map.</summary>
public delegate T ProtoItem<T>(ref ProtoReader reader);

/// <summary>What the generated protobuf readers share.</summary>
public static class ProtoRead
{
    private const int MaxDepth = 512;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    [ThreadStatic]
    private static int _depth;

    public static string Text(ref ProtoReader reader) => Strict.GetString(reader.Bytes());

    public static int Int32(ref ProtoReader reader) => unchecked((int)reader.Varint());

    public static long Int64(ref ProtoReader reader) => unchecked((long)reader.Varint());

    public static bool Boolean(ref ProtoReader reader) => reader.Varint() != 0;

    public static double Float(ref ProtoReader reader) => reader.Float();

    public static ReadOnlyMemory<byte> Bytes(ref ProtoReader reader) => reader.Bytes().ToArray();

    /// <summary>An empty message is the zero time: absence.</summary>
    public static DateTimeOffset? Time(ref ProtoReader reader)
    {
        var inner = new ProtoReader(reader.Bytes());
        long? seconds = null;
        var nanos = 0;
        while (inner.Next(out var field))
        {
            if (field == 1)
                seconds = Int64(ref inner);
            else if (field == 2)
                nanos = Int32(ref inner);
            else
                inner.Skip();
        }

        return seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s).AddTicks(nanos / 100) : null;
    }

    public static DateTimeOffset? MicroTime(ref ProtoReader reader) => Time(ref reader);

    public static Quantity Quantity(ref ProtoReader reader)
    {
        var inner = new ProtoReader(reader.Bytes());
        var text = "0";
        while (inner.Next(out var field))
        {
            if (field == 1)
                text = Text(ref inner);
            else
                inner.Skip();
        }

        return Machinery.Quantity.TryParse(text, out var quantity) ? quantity : throw new DecodeException(Machinery.Quantity.FormatError);
    }

    public static IntOrString IntOrString(ref ProtoReader reader)
    {
        var inner = new ProtoReader(reader.Bytes());
        var (type, number, text) = (0L, 0, "");
        while (inner.Next(out var field))
        {
            if (field == 1)
                type = Int64(ref inner);
            else if (field == 2)
                number = Int32(ref inner);
            else if (field == 3)
                text = Text(ref inner);
            else
                inner.Skip();
        }

        return type == 0 ? number : text;
    }

    public static RawJson Raw(ref ProtoReader reader)
    {
        var inner = new ProtoReader(reader.Bytes());
        var raw = default(RawJson);
        while (inner.Next(out var field))
        {
            if (field != 1)
            {
                inner.Skip();
                continue;
            }

            var bytes = inner.Bytes();
            if (!bytes.IsEmpty)
                Check(bytes);
            raw = new(bytes.ToArray());
        }

        return raw;
    }

    /// <summary>Nesting is bounded here, where recursion happens.</summary>
    public static T Struct<T>(ref ProtoReader reader)
        where T : class, IApiType<T>
    {
        if (_depth > MaxDepth)
            throw new DecodeException("proto: message nested too deeply");

        _depth++;
        try
        {
            return T.ReadProto(reader.Bytes());
        }
        finally
        {
            _depth--;
        }
    }

    public static IReadOnlyList<string> Strings(ref ProtoReader reader)
    {
        var inner = new ProtoReader(reader.Bytes());
        var values = new List<string>();
        while (inner.Next(out var field))
        {
            if (field == 1)
                values.Add(Text(ref inner));
            else
                inner.Skip();
        }

        return values;
    }

    public static void Entry<T>(ref ProtoReader reader, Dictionary<string, T> items, ProtoItem<T> value)
    {
        var inner = new ProtoReader(reader.Bytes());
        var key = "";
        T? item = default;
        var isSet = false;
        while (inner.Next(out var field))
        {
            if (field == 1)
                key = Text(ref inner);
            else if (field == 2)
                (item, isSet) = (value(ref inner), true);
            else
                inner.Skip();
        }

        if (isSet)
            items[key] = item!;
    }

    /// <summary>What is passed on as JSON later must be JSON now.</summary>
    private static void Check(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw new DecodeException("proto: invalid UTF-8");

        var reader = new System.Text.Json.Utf8JsonReader(json, Json.ReaderOptions);
        while (reader.Read())
        {
        }
    }
}
