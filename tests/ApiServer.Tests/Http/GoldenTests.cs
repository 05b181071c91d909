using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>What an upstream server (v1.20) refused, asked of ours: the refusals that HTTP alone decides.</summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "Http");

    /// <summary>Texts that 1.36 says differently, that name Go's types, or where ours adds a hint: only code and reason are compared.</summary>
    private static readonly HashSet<string> Reworded =
    [
        "400-body-array", "400-body-string", "400-body-unknown-kind", "400-body-wrong-kind", "400-body-wrong-version",
        "400-delete-dryrun-bad", "400-fieldmanager-long",
        "404-get-ns-of-cluster-kind", "404-get-path-deep", "404-get-root-api-version", "404-get-resource", "404-get-subresource", "404-get-version",
        "406-accept-html", "406-accept-xml", "406-post-xml", "406-watch-table",
        "415-patch-bad", "415-patch-json", "415-patch-none", "415-post-bad", "415-post-form", "415-post-text", "415-post-xml",
    ];

    private readonly Server _server = new();

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_refusal_is_upstreams(string name)
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), TestContext.Current.CancellationToken))!;
        _server.Verbs.Put(_server.Verbs.Find("", "v1", "configmaps")!, new ConfigMap { Kind = "ConfigMap", ApiVersion = "v1", Metadata = new() { Name = "a", Namespace = "golden-err" } });
        var request = golden["request"]!;
        var headers = request["headers"]!.AsObject().ToDictionary(h => h.Key, h => (string)h.Value!);
        var body = request["body"] is { } given ? given is JsonValue text ? (string)text! : given.ToJsonString() : null;

        var (code, answer) = await _server.JsonAsync(
            (string)request["method"]!, (string)request["path"]!, body, headers.GetValueOrDefault("content-type", ""), headers.GetValueOrDefault("accept"),
            [.. headers.Where(h => h.Key.StartsWith("impersonate", StringComparison.Ordinal)).Select(h => (h.Key, h.Value))]);

        var expected = golden["response"]!;
        Assert.Equal(((int)expected["status"]!, (string?)expected["body"]!["reason"]), (code, (string?)answer["reason"]));
        Assert.Equal("Failure", (string?)answer["status"]);
        if (Reworded.Contains(name))
            return;

        Assert.Equal((string?)expected["body"]!["message"], (string?)answer["message"]);
        Assert.Equal(expected["body"]!["details"]?["name"]?.ToString(), answer["details"]?["name"]?.ToString());
        Assert.Equal(expected["body"]!["details"]?["causes"]?.ToJsonString(), answer["details"]?["causes"]?.ToJsonString());
    }
}
