using System.Buffers;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>Puts JSON that is passed through unread between what is written, in the form Go gives it: no blanks between tokens, and the escapes of <see cref="GoJsonEncoder"/>.</summary>
internal static class RawText
{
    private static readonly SearchValues<byte> Odd = SearchValues.Create([.. " \t\r\n<>&"u8, 0xe2]);
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("<>&"u8);

    /// <param name="json">Valid JSON.</param>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny(Odd) < 0)
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(json.Length + 5 * json.CountAny(Escaped) + 3 * json.Count((byte)0xe2));
        writer.WriteRawValue(buffer.AsSpan(0, Normalize(json, buffer)), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int Normalize(ReadOnlySpan<byte> json, Span<byte> to)
    {
        var length = 0;
        var isText = false;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (!isText && b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                continue;

            if (b is (byte)'<' or (byte)'>' or (byte)'&')
            {
                length += Escape(b == (byte)'<' ? "\\u003c"u8 : b == (byte)'>' ? "\\u003e"u8 : "\\u0026"u8, to[length..]);
            }
            else if (GoJsonEncoder.IsSeparator(json[i..]))
            {
                length += Escape(json[i + 2] == 0xa8 ? "\\u2028"u8 : "\\u2029"u8, to[length..]);
                i += 2;
            }
            else
            {
                to[length++] = b;
                if (b == (byte)'"')
                    isText = !isText;
                else if (isText && b == (byte)'\\')
                    to[length++] = json[++i];
            }
        }

        return length;
    }

    private static int Escape(ReadOnlySpan<byte> escape, Span<byte> to)
    {
        escape.CopyTo(to);
        return escape.Length;
    }
}
