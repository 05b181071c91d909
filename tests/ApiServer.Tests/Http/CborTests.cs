using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Http;
using KubeSharp.Tests;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary><c>application/cbor</c>: the form of KEP-4222, read as upstream's decoder reads it, served where it is switched on and nowhere else.</summary>
public sealed class CborTests
{
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";

    private static readonly System.Text.Json.JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    /// <summary>Data items and what they mean: facts of RFC 8949 and of upstream's decoder.</summary>
    public static TheoryData<string, string> Items => new()
    {
        { "0a", "10" },
        { "1b7fffffffffffffff", "9223372036854775807" },
        { "3b7fffffffffffffff", "-9223372036854775808" },
        { "40", "\"\"" },
        { "7f616161626163ff", "\"abc\"" },
        { "d64401020304", "\"AQIDBA==\"" },
        { "d54401020304", "\"AQIDBA\"" },
        { "d7420aff", "\"0AFF\"" },
        { "9f9f8080ff9f8080ffff", "[[[],[]],[[],[]]]" },
        { "bf6141bf616101616202ff6142bf616901616a02ffff", "{\"A\":{\"a\":1,\"b\":2},\"B\":{\"i\":1,\"j\":2}}" },
        { "a14161d9d9f7f6", "{\"a\":null}" },
        { "d9d9f7a0", "{}" },
        { "f93e00", "1.5" },
        { "fb3ff199999999999a", "1.1" },
        { "c11a514b67b0", "\"2013-03-21T20:04:00Z\"" },
        { "c1fb41d452d9ec200000", "\"2013-03-21T20:04:00.5Z\"" },
        { "c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\"" },
        { "f5", "true" },
    };

    public static TheoryData<string> BadItems =>
    [
        "", "1bffffffffffffffff", "3bffffffffffffffff", "6180", "4180", "a2414101614102", "a25f426865436c6c6fff015f416844656c6c6fff02", "a1fb40091eb851eb851f63706965",
        "f97c00", "f97e00", "c249010000000000000000", "f7", "f0", "ff", "1c", "5fff00", "5f6161ff", "9f", "bf", "9bffffffffffffffff", "5bffffffffffffffff", "bbffffffffffffffff", "0000", "c0613f", "c1613f", "c1fb7e37e43c8800759c", "df00",
    ];

    [Theory]
    [MemberData(nameof(Items))]
    public void An_item_means_what_rfc_and_upstream_say(string hex, string json) => Assert.Equal(json, Text(CborToJson.Convert(Convert.FromHexString(hex))));

    [Theory]
    [MemberData(nameof(BadItems))]
    public void An_item_that_no_object_can_hold_is_refused(string hex) => Assert.Throws<DecodeException>(() => CborToJson.Convert(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("{\"kind\":\"\\u0041\",\"n\":[-1,24,256,65536,4294967296,1.5,100000.5,0.1,null,true,false,{}]}", "d9d9f7a2")]
    [InlineData("[]", "d9d9f780")]
    public void Json_is_written_as_upstream_writes_it(string json, string begins)
    {
        var cbor = JsonToCbor.Convert(Encoding.UTF8.GetBytes(json));
        Assert.StartsWith(begins[..8], Convert.ToHexStringLower(cbor), StringComparison.Ordinal);
        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), JsonNode.Parse(CborToJson.Convert(cbor))!.ToJsonString());
    }

    [Theory]
    [InlineData("24", "1818")]
    [InlineData("-1", "20")]
    [InlineData("256", "190100")]
    [InlineData("65536", "1a00010000")]
    [InlineData("4294967296", "1b0000000100000000")]
    [InlineData("1.5", "f93e00")]
    [InlineData("100000.5", "fa47c35040")]
    [InlineData("0.1", "fb3fb999999999999a")]
    [InlineData("\"a\\nb\"", "43610a62")]
    [InlineData("{\"a\":[{},[]]}", "a1416182a080")]
    public void Values_take_as_few_bytes_as_they_can(string json, string hex) => Assert.Equal("d9d9f7" + hex, Convert.ToHexStringLower(JsonToCbor.Convert(Encoding.UTF8.GetBytes(json))));

    [Fact]
    public void Documents_come_back_and_damaged_ones_are_refused()
    {
        byte[][] seeds = [.. new[]
        {
            """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"é":""},"annotations":{}},"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1"}}}],"x":[1.25,-7,null,true,[[]]]}}""", "[]", "\"a\"",
        }.Select(j => JsonToCbor.Convert(Encoding.UTF8.GetBytes(j)))];
        byte[][] pieces = [[0x5f], [0x7f], [0x9f], [0xbf], [0xd6], [0xc0], [0xc1], [0xd9, 0xd9, 0xf7], [0xf9, 0x7c], [0x1b, 0x7f], [0x9b, 0xff], [0x41, 0x61], [0xa1], [0x81]];
        foreach (var bytes in Mutated.Bytes(seeds, pieces, 6_000))
        {
            Mutated.Bounded<DecodeException>(bytes, () =>
            {
                var json = CborToJson.Convert(bytes);
                Assert.Equal(JsonNode.Parse(json, documentOptions: Deep)?.ToJsonString(), JsonNode.Parse(CborToJson.Convert(JsonToCbor.Convert(json)), documentOptions: Deep)?.ToJsonString());
            });
        }
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(600, false)]
    public void What_is_as_deep_as_json_may_be_is_read(int depth, bool isRead)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0x81, depth), 0x80];
        if (isRead)
            Assert.Equal(bytes, JsonToCbor.Convert(CborToJson.Convert(bytes))[3..]);
        else
            Assert.Throws<DecodeException>(() => CborToJson.Convert(bytes));
    }

    [Theory]
    [InlineData("81")]
    [InlineData("a14161")]
    [InlineData("d9d9f7")]
    [InlineData("9f")]
    public void A_body_of_nothing_but_depth_is_refused(string open)
    {
        var bytes = Enumerable.Repeat(Convert.FromHexString(open), 1_000_000).SelectMany(b => b).ToArray();
        Mutated.Bounded(open, () => Assert.Throws<DecodeException>(() => CborToJson.Convert(bytes)));
    }

    [Fact]
    public async Task Objects_are_written_read_listed_watched_and_applied()
    {
        await using var server = await WholeServer.StartAsync(servesCbor: true);
        var (code, type, made) = await AskAsync(server, "POST", ConfigMaps, "application/cbor", """{"metadata":{"name":"a"},"data":{"k":"v"},"binaryData":{"b":"AAEC"}}""");
        Assert.Equal((201, "application/cbor"), (code, type));
        Assert.Equal("AAEC", (string?)made["binaryData"]!["b"]);

        var tagged = JsonToCbor.Convert("""{"metadata":{"name":"b"},"binaryData":{"b":"????"}}"""u8);
        var at = tagged.AsSpan().IndexOf("????"u8) - 1;
        byte[] raw = [.. tagged.AsSpan(0, at), 0xd6, 0x43, 0, 1, 2, .. tagged.AsSpan(at + 5)]; // bytes as they are, marked for base64
        (code, _, made) = await AskAsync(server, "POST", ConfigMaps, "application/cbor", raw);
        Assert.True(code == 201 && (string?)made["binaryData"]!["b"] == "AAEC", made.ToJsonString());

        (code, type, var list) = await AskAsync(server, "GET", ConfigMaps);
        Assert.Equal((200, "application/cbor", "ConfigMapList", 2), (code, type, (string?)list["kind"], list["items"]!.AsArray().Count));

        (code, type, var applied) = await AskAsync(server, "PATCH", ConfigMaps + "/a?fieldManager=m&force=true", "application/apply-patch+cbor", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"w"}}""");
        Assert.Equal((200, "application/cbor", "w"), (code, type, (string?)applied["data"]!["k"]));

        (_, _, var table) = await AskAsync(server, "GET", ConfigMaps, accept: "application/cbor;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal("Table", (string?)table["kind"]);
        (_, _, var partial) = await AskAsync(server, "GET", ConfigMaps + "/a", accept: "application/cbor;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
        Assert.Equal("PartialObjectMetadata", (string?)partial["kind"]);
        (code, type, var missing) = await AskAsync(server, "GET", ConfigMaps + "/none");
        Assert.Equal((404, "application/cbor", "NotFound"), (code, type, (string?)missing["reason"]));
        (code, _, var broken) = await AskAsync(server, "POST", ConfigMaps, "application/cbor", [0xa2, 0x41, 0x61, 1, 0x61, 0x61, 2]);
        Assert.Equal(400, code);
        Assert.Contains("duplicate map key", (string?)broken["message"], StringComparison.Ordinal);
        (_, type, var groups) = await AskAsync(server, "GET", "/api");
        Assert.Equal(("application/cbor", "APIVersions"), (type, (string?)groups["kind"]));
    }

    [Fact]
    public async Task A_watch_is_a_sequence_of_items()
    {
        await using var server = await WholeServer.StartAsync(servesCbor: true);
        await AskAsync(server, "POST", ConfigMaps, "application/cbor", """{"metadata":{"name":"a"}}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps + "?watch=true&resourceVersion=0");
        request.Headers.Accept.Add(new("application/cbor"));
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestServer.Ct);
        Assert.Equal("application/cbor-seq", response.Content.Headers.ContentType?.ToString());

        await using var stream = await response.Content.ReadAsStreamAsync(TestServer.Ct);
        var received = new List<byte>();
        JsonNode? change = null;
        var buffer = new byte[4096];
        while (change is null)
        {
            var read = await stream.ReadAsync(buffer, TestServer.Ct);
            Assert.NotEqual(0, read);
            received.AddRange(buffer.AsSpan(0, read));
            if (Record.Exception(() => change = JsonNode.Parse(CborToJson.Convert(received.ToArray()))) is not (null or DecodeException))
                Assert.Fail("not CBOR");
        }

        Assert.Equal(("ADDED", "a", "ConfigMap"), ((string?)change["type"], (string?)change["object"]!["metadata"]!["name"], (string?)change["object"]!["kind"]));
    }

    [Fact]
    public async Task A_server_that_was_not_asked_for_it_refuses_as_ever()
    {
        await using var server = await WholeServer.StartAsync();
        var (code, type, body) = await AskAsync(server, "GET", ConfigMaps);
        Assert.Equal((406, "application/json"), (code, type));
        Assert.DoesNotContain("cbor", (string?)body["message"], StringComparison.Ordinal);
        (code, _, body) = await AskAsync(server, "POST", ConfigMaps, "application/cbor", "{}", "application/json");
        Assert.Equal(415, code);
        Assert.DoesNotContain("vnd.kubernetes.protobuf, application/cbor", (string?)body["message"], StringComparison.Ordinal);
        (code, _, _) = await AskAsync(server, "PATCH", ConfigMaps + "/a?fieldManager=m", "application/apply-patch+cbor", "{}", "application/json");
        Assert.Equal(415, code);
    }

    private static Task<(int Code, string Type, JsonNode Body)> AskAsync(WholeServer server, string method, string path, string contentType = "", string? json = null, string accept = "application/cbor") =>
        AskAsync(server, method, path, contentType, json is null ? null : JsonToCbor.Convert(Encoding.UTF8.GetBytes(json)), accept);

    private static async Task<(int Code, string Type, JsonNode Body)> AskAsync(WholeServer server, string method, string path, string contentType, byte[]? cbor, string accept = "application/cbor")
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (cbor is not null)
        {
            request.Content = new ByteArrayContent(cbor);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var response = await server.Client.SendAsync(request, TestServer.Ct);
        var type = response.Content.Headers.ContentType!.MediaType!;
        var body = await response.Content.ReadAsByteArrayAsync(TestServer.Ct);
        return ((int)response.StatusCode, type, JsonNode.Parse(type == "application/cbor" ? CborToJson.Convert(body) : body)!);
    }

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);
}
