using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>The pure parts: documents merged and converted, trust added up, bodies read.</summary>
public sealed class MergeTests
{
    [Fact]
    public void Of_a_v2_document_only_the_group_versions_paths_and_what_they_need_are_taken_and_clashes_are_renamed()
    {
        var merged = JsonNode.Parse("""{"paths":{"/apis/apps/v1/x":{}},"definitions":{"Same":{"type":"object"},"Other":{"type":"string"}}}""")!.AsObject();
        var theirs = JsonNode.Parse("""
            {"paths":{"/apis/g/v1/":{"get":{"schema":{"$ref":"#/definitions/Thing"}}},"/apis/apps/v1/x":{"evil":true},"/apis/g/v1beta1/":{}},
            "definitions":{"Thing":{"properties":{"a":{"$ref":"#/definitions/Other"},"b":{"$ref":"#/definitions/Same"},"self":{"$ref":"#/definitions/Thing"}}},
            "Other":{"type":"integer"},"Same":{"type":"object"},"Unused":{}}}
            """)!.AsObject();
        SecondMerge.Add(merged, SecondMerge.Filter(theirs, "/apis/g/v1/"));
        Same("""
            {"paths":{"/apis/apps/v1/x":{},"/apis/g/v1/":{"get":{"schema":{"$ref":"#/definitions/Thing"}}}},
            "definitions":{"Same":{"type":"object"},"Other":{"type":"string"},"Other_v2":{"type":"integer"},
            "Thing":{"properties":{"a":{"$ref":"#/definitions/Other_v2"},"b":{"$ref":"#/definitions/Same"},"self":{"$ref":"#/definitions/Thing"}}}}}
            """, merged);
    }

    [Fact]
    public void Plain_resources_become_aggregated_ones_with_their_subresources()
    {
        var plain = JsonNode.Parse("""
            [{"name":"things","singularName":"thing","namespaced":true,"kind":"Thing","verbs":["get"],"shortNames":["th"]},
            {"name":"things/scale","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","update"]},
            {"name":"lost/log","namespaced":false,"kind":"Log","verbs":["get"]}]
            """)!.AsArray();
        Same("""
            [{"resource":"things","responseKind":{"group":"","version":"","kind":"Thing"},"scope":"Namespaced","singularResource":"thing","verbs":["get"],"shortNames":["th"],
            "subresources":[{"subresource":"scale","responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"},"verbs":["get","update"]}]},
            {"resource":"lost","responseKind":{"group":"","version":"","kind":""},"scope":"Cluster","singularResource":"","verbs":[],
            "subresources":[{"subresource":"log","responseKind":{"group":"","version":"","kind":"Log"},"verbs":["get"]}]}]
            """, PlainResources.Convert(plain));
    }

    [Fact]
    public void The_trust_of_several_servers_adds_up_and_ends()
    {
        using var first = new TestAuthority();
        using var second = new TestAuthority();
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var now = AuthenticationTrust.Of(new() { Authorities = first.Certificates, ClientAuthorities = first.Certificates, AllowedNames = ["front-proxy-client"] });
        Assert.Equal("""["front-proxy-client"] ["X-Remote-User"] ["X-Remote-Group"] ["X-Remote-Uid"] ["X-Remote-Extra-"]""", string.Join(' ', new[]
        {
            "requestheader-allowed-names", "requestheader-username-headers", "requestheader-group-headers", "requestheader-uid-headers", "requestheader-extra-headers-prefix",
        }.Select(k => now.Data[k])));
        Assert.Null(AuthenticationTrust.Combined(now, now, at));

        var then = AuthenticationTrust.Of(new() { Authorities = second.Certificates, AllowedNames = ["other"] });
        var both = AuthenticationTrust.Combined(now, then, at)!;
        Assert.Equal("""["front-proxy-client","other"]""", both.Data["requestheader-allowed-names"]);
        Assert.Equal(Text(first) + Text(second), both.Data["requestheader-client-ca-file"]);
        Assert.Equal(Text(first), both.Data["client-ca-file"]);
        Assert.Equal("", AuthenticationTrust.Combined(now, then, at.AddYears(20))!.Data["requestheader-client-ca-file"]);
    }

    [Theory]
    [InlineData("Content-Length: 5", "hello!", "hello")]
    [InlineData("Transfer-Encoding: chunked", "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\nmore", "hello")]
    [InlineData("X: y", "hello", "hello")]
    [InlineData("Content-Length: 9", "hello", null)]
    [InlineData("Transfer-Encoding: chunked", "9\r\nhello", null)]
    [InlineData("Transfer-Encoding: chunked", "-1\r\nhello", null)]
    [InlineData("Content-Length: five", "hello", null)]
    public async Task A_body_ends_where_it_says(string header, string wire, string? expected)
    {
        try
        {
            var parts = header.Split(": ");
            var body = new AnswerBody(new(new MemoryStream(Encoding.ASCII.GetBytes(wire))), new(200, [(parts[0], parts[1])]), isOfHead: false);
            var text = new StringBuilder();
            var buffer = new byte[3];
            while (await body.ReadAsync(buffer, TestServer.Ct) is > 0 and var read)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            Assert.Equal(expected, text.ToString());
        }
        catch (IOException)
        {
            Assert.Null(expected);
        }
    }

    private static string Text(TestAuthority authority) => Encoding.ASCII.GetString(authority.Bundle.Span) + "\n";

    private static void Same(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
}
