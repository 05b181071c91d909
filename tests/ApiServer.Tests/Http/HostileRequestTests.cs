using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>Bodies, paths and queries that no honest client sends: a 4xx, nothing written, memory bounded.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/demo/configmaps";
    private const int Mutations = 10_000;
    private WholeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WholeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string, string, int, string> BadBodies => new()
    {
        { "more than 3 MiB", "application/json", 413, "limit is 3145728" },
        { "nested 10,000 deep", "application/json", 400, "" },
        { "nested 10,000 deep in a field of any shape", "application/json", 400, "" },
        { "YAML nested 10,000 deep", "application/yaml", 400, "" },
        { "YAML that grows", "application/yaml", 400, "" },
        { "broken UTF-8", "application/json", 400, "" },
        { "a key twice", "application/json", 400, "duplicate field \"data\"" },
        { "a wrong content type", "text/plain", 415, "text/plain" },
        { "an array", "application/json", 400, "" },
        { "nothing", "application/json", 400, "" },
        { "half an object", "application/json", 400, "" },
        { "a number where text belongs", "application/json", 400, "" },
        { "protobuf that is none", "application/vnd.kubernetes.protobuf", 400, "protobuf" },
        { "protobuf cut short", "application/vnd.kubernetes.protobuf", 400, "" },
        { "protobuf with a length past its end", "application/vnd.kubernetes.protobuf", 400, "" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_body_is_refused_and_nothing_is_written(string what, string type, int code, string says)
    {
        var before = _server.Core.Store.Revision;
        var headers = new Dictionary<string, string> { ["Content-Type"] = type };
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var (answered, body) = await _server.RawAsync("POST", ConfigMaps, "?fieldValidation=Strict", Body(what), headers, WholeServer.Admin);

        Assert.True(answered == code, $"{answered}: {body}");
        var status = JsonNode.Parse(body)!;
        Assert.Equal(code, (int)status["code"]!);
        Assert.Contains(says, (string?)status["message"], StringComparison.Ordinal);
        Assert.Equal(before, _server.Core.Store.Revision);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 64 << 20);
    }

    [Theory]
    [InlineData("/api/v1/namespaces/demo/configmaps/../../kube-system/secrets")]
    [InlineData("/api/v1/namespaces/demo/configmaps/%2e%2e")]
    [InlineData("/api/v1//namespaces//demo")]
    [InlineData("/api/v1/namespaces/demo/configmaps/a\0b")]
    [InlineData("/api")]
    [InlineData("/apis/apps/v1/namespaces/demo/deployments/x/y/z/w")]
    public async Task A_path_that_leads_nowhere_reaches_nothing_else(string path)
    {
        var (code, _) = await _server.RawAsync("DELETE", path, "", [], new Dictionary<string, string>(), WholeServer.Admin);
        Assert.InRange(code, 400, 499);
    }

    /// <summary>With slashes counted from the wrong place, a part of the server's own path would be asked of the pod.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("https://server:6443")]
    public async Task What_stands_behind_a_proxy_is_found_in_every_form_of_the_target(string prefix)
    {
        var (code, _) = await _server.RawAsync("GET", "/api/v1/namespaces/demo/pods/p/proxy", "?a=b", [], new Dictionary<string, string>(), WholeServer.Admin, prefix);
        Assert.Equal(301, code);
    }

    /// <summary>Each request is an honest one with some bytes of its body, path, query or headers changed.</summary>
    [Fact]
    public async Task Ten_thousand_mutated_requests_harm_nobody()
    {
        var random = new Random(20261125);
        await _server.SendAsync("POST", ConfigMaps, """{"metadata":{"name":"seed"},"data":{"k":"v"}}""");
        for (var i = 0; i < Mutations; i++)
        {
            var request = RequestMutations.Next(random);
            var before = _server.Core.Store.Revision;
            var (code, body) = await AnswerAsync(request);

            // An applied field that the schema has not is a 500 of upstream's, and so of ours.
            Assert.True(code is < 500 or 504 || body.Contains("failed to create typed patch object", StringComparison.Ordinal), $"request {i}, {request}: {code} {body}");
            // The server's own upkeep writes beside it now and then, but not every time.
            for (var again = 0; code >= 400 && before != _server.Core.Store.Revision; again++)
            {
                Assert.True(again < 5, $"request {i}, {request}: {code}, and yet something was written");
                before = _server.Core.Store.Revision;
                (code, _) = await AnswerAsync(request);
            }
        }

        var (alive, _) = await _server.SendAsync("POST", ConfigMaps, """{"metadata":{"name":"after"}}""");
        Assert.Equal(201, alive);
    }

    /// <summary>Lets the server's time pass while it waits for a version that a client made up (504 then), or for a watch to end.</summary>
    private async Task<(int Code, string Body)> AnswerAsync(MutatedRequest request)
    {
        var answer = _server.RawAsync(request.Method, request.Path, request.Query, request.Body, request.Headers, WholeServer.Admin);
        while (request.Method == "GET" && !answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
            if (!answer.IsCompleted)
                _server.Core.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        return await answer;
    }

    private static byte[] Body(string what) => what switch
    {
        "more than 3 MiB" => Text($$$"""{"metadata":{"name":"a"},"data":{"k":"{{{new string('x', 3 << 20)}}}"}}"""),
        "nested 10,000 deep" => Text(new string('[', 10_000)),
        "nested 10,000 deep in a field of any shape" => Text($$$"""{"metadata":{"name":"a","managedFields":[{"fieldsV1":{{{Deep("{\"f:a\":", "}", "{}")}}}}]}}"""),
        "YAML nested 10,000 deep" => Text("data: " + Deep("{a: ", "}", "b")),
        "YAML that grows" => Text("a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(",", Enumerable.Repeat($"*{(char)('a' + i)}", 9))}]\n"))),
        "broken UTF-8" => [.. Text("""{"metadata":{"name":"a"},"data":{"k":" """), 0xc3, 0x28, 0xff, .. Text("\"}}")],
        "a key twice" => Text("""{"metadata":{"name":"a"},"data":{"k":"v"},"data":{"k":"w"}}"""),
        "an array" => Text("""[{"metadata":{"name":"a"}}]"""),
        "nothing" => [],
        "half an object" => Text("""{"metadata":{"name":"a"},"data":"""),
        "a number where text belongs" => Text("""{"metadata":{"name":"a"},"data":{"k":1}}"""),
        "protobuf cut short" => Protobuf.Encode(TestServer.ConfigMap("a", ("k", "v")), "v1", "ConfigMap")[..^9],
        "protobuf with a length past its end" => [0x6b, 0x38, 0x73, 0x00, 0x12, 0xff, 0xff, 0xff, 0x7f, 0x0a],
        _ => Text("""{"metadata":{"name":"a"}}"""),
    };

    private static string Deep(string open, string close, string middle) =>
        string.Concat(Enumerable.Repeat(open, 10_000)) + middle + string.Concat(Enumerable.Repeat(close, 10_000));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
