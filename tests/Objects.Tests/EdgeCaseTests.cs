using System.Text;
using KubeSharp.Objects.ApiextensionsV1;
using KubeSharp.Objects.AppsV1;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects.Tests;

/// <summary>How Go's decoder takes what is almost right.</summary>
public sealed class EdgeCaseTests
{
    [Theory]
    [InlineData("""{"spec":null}""", """{"metadata":{},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"spec":{"containers":null,"nodeSelector":null,"nodeName":null,"hostNetwork":null,"priority":null}}""", """{"metadata":{},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"spec":{"containers":[]}}""", """{"metadata":{},"spec":{"containers":[]},"status":{}}""")]
    [InlineData("""{"spec":{"containers":[null]}}""", """{"metadata":{},"spec":{"containers":[{"name":"","resources":{}}]},"status":{}}""")]
    [InlineData("""{"metadata":{"labels":{"a":null},"finalizers":[null]}}""", """{"metadata":{"labels":{"a":""},"finalizers":[""]},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"metadata":{"creationTimestamp":null}}""", """{"metadata":{},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"metadata":{"deletionTimestamp":"0001-01-01T00:00:00Z"}}""", """{"metadata":{"deletionTimestamp":null},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"spec":{"containers":[],"overhead":{"cpu":0.5,"memory":1024,"x":null}}}""", """{"metadata":{},"spec":{"containers":[],"overhead":{"cpu":"500m","memory":"1024","x":"0"}},"status":{}}""")]
    [InlineData("""{"metadata":{"name":"a\u002fb\u00e9\ud83d\ude00"}}""", """{"metadata":{"name":"a/bé😀"},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"metadata":{"name":"\u0001\u001f\"\\"}}""", """{"metadata":{"name":"\u0001\u001f\"\\"},"spec":{"containers":null},"status":{}}""")]
    [InlineData(" \r\n\t{ \"metadata\" : { \"name\" : \"a\" } } \n", """{"metadata":{"name":"a"},"spec":{"containers":null},"status":{}}""")]
    [InlineData("""{"\u006detadata":{"name":"a"}}""", """{"metadata":{"name":"a"},"spec":{"containers":null},"status":{}}""")]
    public void Is_read_as(string json, string written) => Assert.Equal(written, Encoding.UTF8.GetString(Json.Encode(Json.Decode<Pod>(Encoding.UTF8.GetBytes(json)))));

    [Theory]
    [InlineData("""{"spec":{"priority":"1"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.priority of type int32")]
    [InlineData("""{"spec":{"priority":1.0}}""", "json: cannot unmarshal number 1.0 into Go struct field PodSpec.spec.priority of type int32")]
    [InlineData("""{"spec":{"priority":1e3}}""", "json: cannot unmarshal number 1e3 into Go struct field PodSpec.spec.priority of type int32")]
    [InlineData("""{"spec":{"priority":2147483648}}""", "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32")]
    [InlineData("""{"spec":{"activeDeadlineSeconds":9223372036854775808}}""", "json: cannot unmarshal number 9223372036854775808 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64")]
    [InlineData("""{"spec":{"hostNetwork":"true"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool")]
    [InlineData("""{"spec":{"nodeName":5}}""", "json: cannot unmarshal number into Go struct field PodSpec.spec.nodeName of type string")]
    [InlineData("""{"spec":{"containers":{}}}""", "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container")]
    [InlineData("""{"spec":{"nodeSelector":[]}}""", "json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map[string]string")]
    [InlineData("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec")]
    [InlineData("""{"spec":{"overhead":{"cpu":"much"}}}""", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"metadata":{"deletionTimestamp":"yesterday"}}""", "parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\"")]
    [InlineData("""{"metadata":{"deletionTimestamp":"2024-13-01T00:00:00Z"}}""", "parsing time \"2024-13-01T00:00:00Z\"")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type v1.Pod")]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("{} {}", "invalid after a single JSON value")]
    [InlineData("{\"metadata\":{}", "")]
    public void Is_refused_with(string json, string message) =>
        Assert.Contains(message, Assert.Throws<DecodeException>(() => Json.Decode<Pod>(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"spec":{"Replicas":3}}""", "unknown field \"spec.Replicas\"")]
    [InlineData("""{"spec":{"replicas":1,"replicas":2}}""", "duplicate field \"spec.replicas\"")]
    [InlineData("""{"metadata":{"labels":{"":"a","":"b"}}}""", "duplicate field \"metadata.labels.\"")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":"a"},{"nmae":"b"}]}}}}""", "unknown field \"spec.template.spec.containers[1].nmae\"")]
    [InlineData("""{"replicas":3}""", "unknown field \"replicas\"")]
    public void Is_accepted_but_a_strict_reader_says(string json, string finding)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var context = DecodeContext.Strict();

        Assert.Equal(Json.Decode<Deployment>(bytes), Json.Decode<Deployment>(bytes, context));
        Assert.Equal([finding], context.Findings);
    }

    [Theory]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("1e15", "1000000000000000")]
    [InlineData("123456789012345678", "123456789012345680")]
    [InlineData("1.5e20", "150000000000000000000")]
    [InlineData("-1e21", "-1e+21")]
    [InlineData("0.000025", "0.000025")]
    [InlineData("-0.0000025", "-0.0000025")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("2.0", "2")]
    public void A_float_is_written_as_Go_writes_it(string given, string written) =>
        Assert.Equal($$"""{"maximum":{{written}}}""", Encoding.UTF8.GetString(Json.Encode(Json.Decode<JSONSchemaProps>(Encoding.UTF8.GetBytes($$"""{"maximum":{{given}}}""")))));

    [Fact]
    public void Raw_json_loses_its_blanks_and_nothing_else() =>
        Assert.Equal(
            """{"metadata":{},"data":{"a b":[1.50,"x \" y\\",{}]},"revision":0}""",
            Encoding.UTF8.GetString(Json.Encode(Json.Decode<ControllerRevision>("{\"data\":{ \"a b\" :\n[ 1.50 ,\t\"x \\\" y\\\\\",\r\n{ } ] }}"u8))));
}
