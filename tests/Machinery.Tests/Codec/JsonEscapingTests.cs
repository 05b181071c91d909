using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.Tests.Codec;

/// <summary>Texts as Go's <c>encoding/json</c> (1.22 and later) writes them, HTML escapes included.</summary>
public sealed class JsonEscapingTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("<a href=\"x\">&amp;</a>", "\\u003ca href=\\\"x\\\"\\u003e\\u0026amp;\\u003c/a\\u003e")]
    [InlineData("smile \U0001F600, flag \U0001F1E9\U0001F1EA", "smile \U0001F600, flag \U0001F1E9\U0001F1EA")]
    [InlineData("größer 日本 \u00a0\u200b\ufeff\ue000\ufffd", "größer 日本 \u00a0\u200b\ufeff\ue000\ufffd")]
    [InlineData("line\u2028and\u2029paragraph‹\u202a", "line\\u2028and\\u2029paragraph‹\u202a")]
    [InlineData("\0\u0001\b\f\n\r\t\u000b\u001f\u007f", "\\u0000\\u0001\\b\\f\\n\\r\\t\\u000b\\u001f\u007f")]
    [InlineData("it's a+b=`c` /d\\e", "it's a+b=`c` /d\\\\e")]
    public void A_text_is_escaped_as_Go_escapes_it(string text, string escaped)
    {
        var expected = $$"""{"{{escaped}}":"{{escaped}}"}""";
        Assert.Equal(expected, Written(w => w.WriteString(text, text)));
        Assert.Equal(expected, Written(w => w.WriteString(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text))));
        // In long texts the encoder works in pieces.
        var before = new string('x', 5000);
        Assert.Equal($$"""{"a":"{{before}}{{escaped}}"}""", Written(w => w.WriteString("a", before + text)));
        // As documents are written, whichever way the text came.
        var node = new JsonObject { ["a"] = JsonNode.Parse(JsonEncodedText.Encode(text) is var quoted ? $"\"{quoted}\"" : "") };
        Assert.Equal($$"""{"a":"{{escaped}}"}""", Encoding.UTF8.GetString(Output(w => node.WriteTo(w))));
    }

    [Theory]
    [InlineData("""{"a":"<&>","b":[1,2]}""", """{"a":"\u003c\u0026\u003e","b":[1,2]}""")]
    [InlineData("{ \"a\" :\t[ 1 ,\n2 ] , \"b c\" : \" \\\" x \" }", """{"a":[1,2],"b c":" \" x "}""")]
    [InlineData("""{"a":"\ud83d\ude00 \u003c"}""", """{"a":"\ud83d\ude00 \u003c"}""")]
    [InlineData("{\"a\":\"\u2028 \U0001F600 â\"}", "{\"a\":\"\\u2028 \U0001F600 â\"}")]
    [InlineData("1e3", "1e3")]
    public void What_is_passed_on_unread_is_compacted_and_escaped(string raw, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Output(w => JsonWrite.Raw(w, new(Encoding.UTF8.GetBytes(raw))))));

    [Fact]
    public void Half_a_pair_becomes_the_replacement_character() =>
        Assert.Equal("""{"a":"x\ufffdy"}""", Written(w => w.WriteString("a", "x\ud83dy")));

    private static string Written(Action<Utf8JsonWriter> member) => Encoding.UTF8.GetString(Output(w =>
    {
        w.WriteStartObject();
        member(w);
        w.WriteEndObject();
    }));

    private static byte[] Output(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
            write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
