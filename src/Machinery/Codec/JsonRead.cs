using System.Globalization;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>Reads one value of a list or map.</summary>
public delegate T JsonItem<T>(ref Utf8JsonReader reader, DecodeContext context);

/// <summary>What the generated JSON readers share: each method takes the value under the reader, or says in Go's words why it cannot.</summary>
public static class JsonRead
{
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The reader must stand on the object's brace.</summary>
    /// <param name="goStruct">As Go prints a type: <c>v1.PodSpec</c>.</param>
    public static void Begin(ref Utf8JsonReader reader, DecodeContext context, string goStruct)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Mismatch(ref reader, context, goStruct);

        context.Struct(goStruct);
    }

    /// <summary>Moves to the next property name; false at the end of the object.</summary>
    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>The length of an unescaped property name; escaped ones are measured after unescaping.</summary>
    public static int NameLength(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? reader.GetString()!.Length : reader.ValueSpan.Length;

    /// <summary>Moves from the property name to its value and tells whether that is null.</summary>
    public static bool IsNull(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
            reader.Read();
        return reader.TokenType == JsonTokenType.Null;
    }

    public static void Unknown(ref Utf8JsonReader reader, DecodeContext context)
    {
        if (context.IsStrict)
            context.Unknown(reader.GetString()!);
        reader.Skip();
    }

    public static string Text(ref Utf8JsonReader reader, DecodeContext context, string field)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
            reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Null => "",
            _ => throw Mismatch(ref reader, context, "string", field),
        };
    }

    public static int Int32(ref Utf8JsonReader reader, DecodeContext context, string field) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : throw Mismatch(ref reader, context, "int32", field);

    public static long Int64(ref Utf8JsonReader reader, DecodeContext context, string field) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? value : throw Mismatch(ref reader, context, "int64", field);

    /// <remarks>.NET reads what is too large as infinity, which JSON cannot say again; Go refuses it.</remarks>
    public static double Float(ref Utf8JsonReader reader, DecodeContext context, string field) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Mismatch(ref reader, context, "float64", field);

    public static bool Boolean(ref Utf8JsonReader reader, DecodeContext context, string field) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Mismatch(ref reader, context, "bool", field),
    };

    public static ReadOnlyMemory<byte> Bytes(ref Utf8JsonReader reader, DecodeContext context, string field)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Mismatch(ref reader, context, "[]uint8", field);
        if (reader.TryGetBytesFromBase64(out var bytes))
            return bytes;

        throw new DecodeException("illegal base64 data at input byte 0");
    }

    public static DateTimeOffset Time(ref Utf8JsonReader reader, DecodeContext context, string field)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Mismatch(ref reader, context, "string", field);
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw new DecodeException($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
    }

    public static DateTimeOffset MicroTime(ref Utf8JsonReader reader, DecodeContext context, string field) => Time(ref reader, context, field);

    public static Quantity Quantity(ref Utf8JsonReader reader, DecodeContext context, string field)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            _ => throw Mismatch(ref reader, context, "Quantity", field),
        };
        return Machinery.Quantity.TryParse(text, out var quantity) ? quantity : throw new DecodeException(Machinery.Quantity.FormatError);
    }

    public static IntOrString IntOrString(ref Utf8JsonReader reader, DecodeContext context, string field) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number,
        _ => throw Mismatch(ref reader, context, "IntOrString", field),
    };

    /// <summary>The value's bytes, copied as they stand but for the blanks between tokens, as Go's encoder would drop them.</summary>
    public static RawJson Raw(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !reader.HasValueSequence)
        {
            // The reader shows the opening brace in its own buffer; the rest of the value follows it there. Managed fields are half of many
            // objects, and this is a copy of them and no second parsing.
            ref var first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(reader.ValueSpan);
            var start = reader.TokenStartIndex;
            reader.Skip();
            return new(Compact(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref first, (int)(reader.BytesConsumed - start))));
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return new(Compact(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(document.RootElement)));
    }

    /// <summary>A watch's events are lines: what is passed on unread must not break them.</summary>
    private static byte[] Compact(ReadOnlySpan<byte> json)
    {
        var kept = json.ToArray();
        var length = 0;
        var isText = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (!isText && json[i] is ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                continue;

            kept[length++] = json[i];
            if (json[i] == (byte)'"')
                isText = !isText;
            else if (isText && json[i] == (byte)'\\')
                kept[length++] = json[++i];
        }

        return length == kept.Length ? kept : kept[..length];
    }

    public static T Struct<T>(ref Utf8JsonReader reader, DecodeContext context, string field)
        where T : class, IApiType<T>
    {
        if (!context.IsStrict)
            return T.ReadJson(ref reader, context);

        var outer = context.CurrentStruct;
        if (field.Length > 0)
            context.Enter(field);
        var value = T.ReadJson(ref reader, context);
        if (field.Length > 0)
            context.Leave();
        context.Struct(outer);
        return value;
    }

    public static IReadOnlyList<T> List<T>(ref Utf8JsonReader reader, DecodeContext context, string field, JsonItem<T> item)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Mismatch(ref reader, context, "[]" + Name<T>(), field);

        var items = new List<T>();
        context.Enter(field);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (context.IsStrict)
                context.Enter($"[{items.Count}]");
            items.Add(item(ref reader, context));
            context.Leave();
        }

        context.Leave();
        return items.Count == 0 ? [] : items.ToArray();
    }

    public static IReadOnlyDictionary<string, T> Map<T>(ref Utf8JsonReader reader, DecodeContext context, string field, JsonItem<T> item)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Mismatch(ref reader, context, $"map[string]{Name<T>()}", field);

        var items = new Dictionary<string, T>(StringComparer.Ordinal);
        context.Enter(field);
        while (Next(ref reader))
        {
            var key = reader.GetString()!;
            context.Enter(key);
            reader.Read();
            var value = item(ref reader, context);
            context.Leave();
            if (!items.TryAdd(key, value))
            {
                context.Duplicate(key);
                items[key] = value;
            }
        }

        context.Leave();
        return items;
    }

    private static DecodeException Mismatch(ref Utf8JsonReader reader, DecodeContext context, string goType, string field = "")
    {
        var found = reader.TokenType switch
        {
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.True or JsonTokenType.False => "bool",
            JsonTokenType.Number when goType is "int32" or "int64" => "number " + System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            JsonTokenType.Number => "number",
            _ => "null",
        };
        return new($"json: cannot unmarshal {found} into Go {context.Place(field)} of type {goType}");
    }

    /// <summary>Go's name of an element: that of a struct has its package, whose name is the version at the end of our namespace.</summary>
    private static string Name<T>()
    {
        if (typeof(T) == typeof(string))
            return "string";
        if (typeof(T).IsValueType)
            return typeof(T) == typeof(Quantity) ? "resource.Quantity" : typeof(T).Name.ToLowerInvariant();

        var space = typeof(T).Namespace ?? "";
        var version = space.LastIndexOf('V'); // CoreV1, StorageV1Beta1
        return version < 0 ? typeof(T).Name : $"{space[version..].ToLowerInvariant()}.{typeof(T).Name}";
    }
}
