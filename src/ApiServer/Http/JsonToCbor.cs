using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace KubeSharp.ApiServer.Http;

/// <summary>
/// Writes JSON as CBOR (RFC 8949) in the form Kubernetes gives it (KEP-4222): marked as CBOR by a tag, texts and keys as byte strings, lengths
/// told beforehand, floating-point numbers as short as they can be. The order of keys stays, as in upstream's answers.
/// </summary>
internal static class JsonToCbor
{
    /// <summary>The tag "this is CBOR".</summary>
    public static ReadOnlySpan<byte> Mark => [0xd9, 0xd9, 0xf7];

    /// <param name="json">Sound: what this server wrote.</param>
    public static byte[] Convert(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        output.Write(Mark);
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        var sizes = Sizes(json);
        while (reader.Read())
            WriteToken(ref reader, output, sizes);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>How many items each list and object has, in the order in which they begin.</summary>
    private static Queue<int> Sizes(ReadOnlySpan<byte> json)
    {
        var (counts, open) = (new List<int>(), new Stack<int>());
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                open.Pop();
                continue;
            }

            // In an object the keys are counted: a value after its key is not.
            if (open.TryPeek(out var around) && (reader.TokenType == JsonTokenType.PropertyName || counts[around] < 0))
                counts[around] += counts[around] < 0 ? -1 : 1;
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                continue;

            open.Push(counts.Count);
            counts.Add(reader.TokenType == JsonTokenType.StartArray ? -1 : 0);
        }

        return new(counts.Select(c => c < 0 ? -c - 1 : c));
    }

    private static void WriteToken(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output, Queue<int> sizes)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                WriteHead(output, 4, (ulong)sizes.Dequeue());
                break;
            case JsonTokenType.StartObject:
                WriteHead(output, 5, (ulong)sizes.Dequeue());
                break;
            case JsonTokenType.String or JsonTokenType.PropertyName:
                WriteText(ref reader, output);
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, output);
                break;
            case JsonTokenType.True:
                output.Write((ReadOnlySpan<byte>)[0xf5]);
                break;
            case JsonTokenType.False:
                output.Write((ReadOnlySpan<byte>)[0xf4]);
                break;
            case JsonTokenType.Null:
                output.Write((ReadOnlySpan<byte>)[0xf6]);
                break;
        }
    }

    private static void WriteText(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        if (!reader.ValueIsEscaped)
        {
            WriteHead(output, 2, (ulong)reader.ValueSpan.Length);
            output.Write(reader.ValueSpan);
            return;
        }

        var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var length = reader.CopyString(plain);
        WriteHead(output, 2, (ulong)length);
        output.Write(plain.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(plain);
    }

    private static void WriteNumber(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        if (reader.TryGetInt64(out var number))
        {
            if (number >= 0)
                WriteHead(output, 0, (ulong)number);
            else
                WriteHead(output, 1, (ulong)~number);
            return;
        }

        var real = reader.GetDouble();
        Span<byte> bytes = stackalloc byte[9];
        if ((double)(Half)real == real)
        {
            bytes[0] = 0xf9;
            BinaryPrimitives.WriteHalfBigEndian(bytes[1..], (Half)real);
            output.Write(bytes[..3]);
        }
        else if ((double)(float)real == real)
        {
            bytes[0] = 0xfa;
            BinaryPrimitives.WriteSingleBigEndian(bytes[1..], (float)real);
            output.Write(bytes[..5]);
        }
        else
        {
            bytes[0] = 0xfb;
            BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], real);
            output.Write(bytes);
        }
    }

    private static void WriteHead(ArrayBufferWriter<byte> output, int major, ulong argument)
    {
        Span<byte> bytes = stackalloc byte[9];
        var first = (byte)(major << 5);
        var length = argument switch { < 24 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], argument);
        bytes[8 - length] = (byte)(first | length switch { 0 => (int)argument, 1 => 24, 2 => 25, 4 => 26, _ => 27 });
        output.Write(bytes[(8 - length)..]);
    }
}
