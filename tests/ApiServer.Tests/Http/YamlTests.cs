using System.Text;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class YamlTests
{
    [Theory]
    [InlineData("a: b\nc: [1, 0x1f, 010, -3, 1.5, 1e3, yes, ~]\n", """{"a":"b","c":[1,31,8,-3,1.5,1000,true,null]}""")]
    [InlineData("a: \"1\"\nb: '2'\nc: 1.2.3\nd: 10Mi\ne: 2026-01-02\nf: e3\n", """{"a":"1","b":"2","c":"1.2.3","d":"10Mi","e":"2026-01-02","f":"e3"}""")]
    [InlineData("a: &x {k: v}\nb: *x\n", """{"a":{"k":"v"},"b":{"k":"v"}}""")]
    [InlineData("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    [InlineData("{\"a\": {\"b\": [true]}}", """{"a":{"b":[true]}}""")]
    [InlineData("big: 18446744073709551615\nneg: -9223372036854775808\n", """{"big":18446744073709551615,"neg":-9223372036854775808}""")]
    public void Yaml_becomes_the_json_it_means(string yaml, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml))));

    [Fact]
    public void Nested_aliases_do_not_blow_up()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
            bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n");

        Assert.Throws<DecodeException>(() => YamlToJson.Convert(Encoding.UTF8.GetBytes(bomb.ToString())));
    }

    [Theory]
    [InlineData("a: *a")]
    [InlineData("a: &a [*a]")]
    [InlineData("a: [1")]
    [InlineData("")]
    public void What_is_not_a_document_is_refused(string yaml) =>
        Assert.Throws<DecodeException>(() => YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml)));

    [Fact]
    public void Answers_are_written_as_upstream_writes_yaml()
    {
        const string Json = """{"kind":"X","a":"1","list":[{"b":true,"a":[]},"s"],"m":{"f:data":{".":{}},"on":"yes","t":"2026-11-23T15:55:38Z","q":"a: b","text":"x\ny\n"}}""";
        const string Yaml = """
            a: "1"
            kind: X
            list:
            - a: []
              b: true
            - s
            m:
              f:data:
                .: {}
              "on": "yes"
              q: "a: b"
              t: "2026-11-23T15:55:38Z"
              text: |
                x
                y

            """;
        var written = JsonToYaml.Convert(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(Yaml, Encoding.UTF8.GetString(written));
        Assert.Equal(
            System.Text.Json.Nodes.JsonNode.Parse(Json)!.ToJsonString().Length,
            System.Text.Json.Nodes.JsonNode.Parse(YamlToJson.Convert(written))!.ToJsonString().Length);
    }
}
