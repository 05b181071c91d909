using System.Text;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Objects.Tests;

/// <summary>
/// The parts of a CustomResourceDefinition's schema that are one thing in JSON and a message in protobuf. The bytes follow apiextensions' generated.proto (items 24,
/// additionalProperties 30, dependencies 32, additionalItems 33; type 5, format 6), with the fields that gogo always writes.
/// </summary>
public sealed class DefinitionWireTests
{
    /// <summary>What an empty schema writes in any case: plain texts and flags, in the order of their numbers.</summary>
    private static readonly byte[] Blank = Protobuf.EncodeMessage(JSONSchemaProps.Empty);

    [Theory]
    [InlineData("""{"additionalProperties":true}""", "f20102" + "0801")]
    [InlineData("""{"additionalProperties":false}""", "f20102" + "0800")]
    [InlineData("""{"additionalItems":false}""", "8a0202" + "0800")]
    [InlineData("""{"dependencies":{"a":["b","c"]}}""", "82020b" + "0a0161" + "1206" + "120162" + "120163")]
    public void A_choice_without_a_schema_is_a_message_of_its_own(string json, string field)
    {
        var props = Json.Decode<JSONSchemaProps>(Encoding.UTF8.GetBytes(json));
        var message = Protobuf.EncodeMessage(props);
        Assert.Contains(field, Convert.ToHexStringLower(message), StringComparison.Ordinal);
        Assert.Equal(Blank.Length + field.Length / 2, message.Length);
        Assert.Equal(json, Json.TextOf(Protobuf.DecodeMessage<JSONSchemaProps>(message)));
    }

    [Fact]
    public void A_choice_with_a_schema_holds_it_as_a_message()
    {
        var (blank, size) = (Convert.ToHexStringLower(Blank), Blank.Length);
        Assert.InRange(size, 1, 120); // so that each length below is one byte

        // Items: { schema = 1 }; a list: { jSONSchemas = 2, repeated }.
        Field("""{"items":{}}""", "c201" + Length(size + 2) + "0a" + Length(size) + blank);
        Field("""{"items":[{}]}""", "c201" + Length(size + 2) + "12" + Length(size) + blank);
        // additionalProperties: { allows = 1, schema = 2 }; a schema allows.
        Field("""{"additionalProperties":{}}""", "f201" + Length(size + 4) + "0801" + "12" + Length(size) + blank);
        // dependencies: entries of { key = 1, value = 2 }; the value is { schema = 1 }.
        Field("""{"dependencies":{"a":{}}}""", "8202" + Length(size + 7) + "0a0161" + "12" + Length(size + 2) + "0a" + Length(size) + blank);
    }

    [Fact]
    public void A_definition_reads_back_as_it_was_sent()
    {
        const string Schema = """{"description":"d","type":"object","properties":{"list":{"type":"array","items":{"type":"object","default":{"a":"\u003c1\u003e"},"additionalProperties":{"type":"array","items":{"type":"string","format":"date"}}}},"map":{"type":"object","additionalProperties":true}}}""";
        const string Text = $$$"""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","metadata":{"name":"w.example.com"},"spec":{"group":"example.com","names":{"plural":"w","kind":"W"},"scope":"Namespaced","versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{Schema}}}}}]},"status":{"conditions":null,"acceptedNames":{"plural":"","kind":""},"storedVersions":null}}""";
        var definition = Json.Decode<CustomResourceDefinition>(Encoding.UTF8.GetBytes(Text));
        Assert.Equal(Text, Json.TextOf(definition));
        Assert.Equal(definition with { Kind = "", ApiVersion = "" }, Protobuf.DecodeMessage<CustomResourceDefinition>(Protobuf.EncodeMessage(definition)));
    }

    [Theory]
    [InlineData("""{"items":{"type":"string","nothing":1,"format":"f"}}""", """{"items":{"type":"string","format":"f"}}""")]
    [InlineData("""{"items":true,"additionalProperties":null,"dependencies":{"a":1}}""", """{"dependencies":{"a":null}}""")]
    public void What_upstream_does_not_know_within_is_dropped_without_a_word(string json, string kept)
    {
        var context = DecodeContext.Strict();
        Assert.Equal(kept, Json.TextOf(Json.Decode<JSONSchemaProps>(Encoding.UTF8.GetBytes(json), context)));
        Assert.Empty(context.Findings);
    }

    [Fact]
    public void Neither_a_flag_nor_a_schema_is_refused() =>
        Assert.Equal("boolean or JSON schema expected", Assert.Throws<DecodeException>(() => Json.Decode<JSONSchemaProps>("""{"additionalProperties":"yes"}"""u8)).Message);

    private static void Field(string json, string field)
    {
        var message = Protobuf.EncodeMessage(Json.Decode<JSONSchemaProps>(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(field, Convert.ToHexStringLower(message), StringComparison.Ordinal);
        Assert.Equal(json, Json.TextOf(Protobuf.DecodeMessage<JSONSchemaProps>(message)));
    }

    private static string Length(int size) => size.ToString("x2", System.Globalization.CultureInfo.InvariantCulture);
}
