using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects.Tests;

/// <summary>Bytes put together by hand from the protobuf wire format and the numbers in upstream's generated.proto.</summary>
public sealed class ProtobufTests
{
    /// <summary>What gogo writes of an ObjectMeta that has only a name: plain strings and numbers always, pointers and lists when set.</summary>
    private const string NamedX =
        "0A01" + "78" +     // 1 name: "x"
        "1200" +            // 2 generateName
        "1A00" +            // 3 namespace
        "2200" +            // 4 selfLink
        "2A00" +            // 5 uid
        "3200" +            // 6 resourceVersion
        "3800" +            // 7 generation: 0
        "4200";             // 8 creationTimestamp: the zero time

    [Fact]
    public void An_envelope_is_four_bytes_and_a_runtime_Unknown()
    {
        const string Expected =
            "6B387300" +                            // "k8s\0"
            "0A0F" +                                // 1 typeMeta {
            "0A02" + "7631" +                       //   1 apiVersion: "v1"
            "1209" + "436F6E6669674D6170" +         //   2 kind: "ConfigMap" }
            "121C" +                                // 2 raw {
            "0A11" + NamedX +                       //   1 metadata
            "1207" + "0A016B" + "12020A76" +        //   2 data: { 1 key: "k", 2 value: "\nv" }
            "1A00" +                                // 3 contentEncoding
            "2200";                                 // 4 contentType

        AssertBytes<ConfigMap>(Expected, """{"metadata":{"name":"x"},"data":{"k":"\nv"}}""", "ConfigMap");
    }

    [Fact]
    public void Bytes_and_flags_of_a_secret()
    {
        const string Expected =
            "6B387300" + "0A0C" + "0A027631" + "1206536563726574" +
            "1228" +
            "0A11" + NamedX +
            "1209" + "0A0161" + "1204" + "00FF80C0" +   // 2 data: { 1 key: "a", 2 value: four bytes }
            "1A06" + "4F7061717565" +                   // 3 type: "Opaque"
            "2800" +                                    // 5 immutable: false, a pointer that is set
            "1A00" + "2200";

        AssertBytes<Secret>(Expected, """{"metadata":{"name":"x"},"data":{"a":"AP+AwA=="},"type":"Opaque","immutable":false}""", "Secret");
    }

    [Fact]
    public void Quantities_times_and_ints_or_strings_are_messages()
    {
        Assert.Equal(
            "0A0B" + "0A03637075" + "12040A0235" + "6D",    // 1 limits: { 1 key: "cpu", 2 value: { 1 string: "5m" } }
            Hex(Json.Decode<ResourceRequirements>("""{"limits":{"cpu":"0.005"}}"""u8)));
        Assert.Equal(
            "0A00" +                                        // 1 path: ""
            "1207" + "0800" + "10A01F" + "1A00" +           // 2 port: { 1 type: Int, 2 intVal: 4000, 3 strVal: "" }
            "1A00" + "2200",                                // 3 host, 4 scheme
            Hex(Json.Decode<HTTPGetAction>("""{"port":4000}"""u8)));
        Assert.Equal(
            "0A00" + "120A" + "0801" + "1000" + "1A0468747470" + "1A00" + "2200",
            Hex(Json.Decode<HTTPGetAction>("""{"port":"http"}"""u8)));
        Assert.Equal(
            "0A06" + "0880A305" + "1000",                   // 1 startedAt: { 1 seconds: 86400, 2 nanos: 0 }
            Hex(Json.Decode<ContainerStateRunning>("""{"startedAt":"1970-01-02T00:00:00.75Z"}"""u8)));
    }

    [Fact]
    public void A_negative_number_takes_ten_bytes() =>
        Assert.Equal("0A00" + "1200" + "18FFFFFFFFFFFFFFFFFF01", Hex(Json.Decode<KeyToPath>("""{"mode":-1}"""u8)));

    [Fact]
    public void Unknown_fields_of_every_wire_type_are_passed_over_and_the_last_of_a_field_counts()
    {
        const string Message =
            "A00601" +                                  // 100 varint
            "A10601" + "02030405060708" +               // 100 fixed64
            "A20602" + "AAAA" +                         // 100 bytes
            "A506" + "01020304" +                       // 100 fixed32
            "0A0161" + "0A0162";                        // 1 key: "a", then "b"

        Assert.Equal("b", Protobuf.DecodeMessage<KeyToPath>(Convert.FromHexString(Message)).Key);
    }

    [Theory]
    [InlineData("", "expected prefix")]
    [InlineData("6B3873", "expected prefix")]
    [InlineData("6B387300" + "1205" + "0A", "unexpected end")]
    [InlineData("6B387300" + "12FFFFFFFFFFFFFFFFFF01", "unexpected end")]
    [InlineData("6B387300" + "00", "illegal tag")]
    [InlineData("6B387300" + "7B", "illegal wireType")]
    [InlineData("6B387300" + "1001", "wrong wireType")]
    [InlineData("6B387300" + "1203" + "0A01FF", "")]
    public void What_is_not_a_message_is_refused(string hex, string why) =>
        Assert.Contains(why, Assert.Throws<DecodeException>(() => Protobuf.Decode<KeyToPath>(Convert.FromHexString(hex))).Message, StringComparison.Ordinal);

    private static void AssertBytes<T>(string expected, string json, string kind)
        where T : class, IApiType<T>
    {
        var value = Json.Decode<T>(System.Text.Encoding.UTF8.GetBytes(json));

        Assert.Equal(expected, Convert.ToHexString(Protobuf.Encode(value, "v1", kind)));
        Assert.Equal(value, Protobuf.Decode<T>(Convert.FromHexString(expected)));
    }

    private static string Hex<T>(T value)
        where T : class, IApiType<T> => Convert.ToHexString(Protobuf.EncodeMessage(value));
}
