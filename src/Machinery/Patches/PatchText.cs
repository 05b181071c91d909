using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Reads the JSON of a patch as Go does: of a repeated key the last counts.</summary>
internal static class PatchText
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000 };

    /// <exception cref="PatchException">400: not JSON.</exception>
    public static JsonNode? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNodes.Read(json.Span, Options, DecodeContext.Lenient);
        }
        catch (InvalidOperationException e)
        {
            throw new PatchException(400, "invalid UTF-16 surrogate in a string of the patch", e);
        }
        catch (JsonException e)
        {
            throw new PatchException(400, GoMessage(json.Span, e), e);
        }
    }

    private static string GoMessage(ReadOnlySpan<byte> json, JsonException e)
    {
        var text = json.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return "unexpected end of JSON input";

        var isValueStart = text[0] is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9');
        return isValueStart || Rune.DecodeFromUtf8(text, out var first, out _) is not System.Buffers.OperationStatus.Done
            ? e.Message
            : $"invalid character '{first}' looking for beginning of value";
    }
}
