using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>
/// What an upstream server (v1.20) answered about custom resources, asked of ours. Where v1.36 answers otherwise, or where the recording met
/// what an earlier run had left, the case says so in <c>changed</c> and holds the newer answer.
/// </summary>
public sealed class GoldenTests : IAsyncLifetime
{
    private const string Widgets = "/apis/cr.example.com/v1/namespaces/golden-crd/wids";
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "crd");
    private static readonly HashSet<string> Volatile =
        ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "lastTransitionTime", "managedFields", "continue", "generation?"];

    private CustomServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync() => _server = await CustomServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_server_answers_as_upstream(string name)
    {
        var golden = await ReadAsync(name);
        await _server.GoodAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"golden-crd"}}""");
        await PrepareAsync(name);

        foreach (var step in golden["steps"]?.AsArray() ?? new JsonArray(golden.DeepClone()))
        {
            var (request, expected) = (step!["request"]!, step["response"]!);
            var what = $"{name} {(string?)step["step"]}";
            if (Settles((string?)step["step"], expected))
                await _server.UntilAsync((string)request["path"]!, (code, answer) => code == (int)expected["status"]! && IsSettled(answer));
            if ((string?)step["step"] == "terminating")
                await IsGoingAsync((string)request["path"]!);
            else
                await CompareAsync(what, request, expected);
        }
    }

    /// <summary>The recording caught a moment; ours may be a step further, or through.</summary>
    private async Task IsGoingAsync(string path)
    {
        var (code, answer) = await _server.SendAsync("GET", path);
        Assert.True(code == 404 || answer["metadata"]!["deletionTimestamp"] is not null, answer.ToJsonString());
    }

    /// <summary>What the recording's earlier cases had left behind.</summary>
    private async Task PrepareAsync(string name)
    {
        if (name.StartsWith("invalid", StringComparison.Ordinal) || name == "lifecycle-create-established")
            return;

        var definition = (await ReadAsync("lifecycle-create-established"))["steps"]![0]!["request"]!["body"]!;
        await _server.DefineAsync(definition.ToJsonString());
        if (name is "object-defaults" || (name.StartsWith("object", StringComparison.Ordinal) && name != "object-wrong-version"))
            return;

        foreach (var seed in (await ReadAsync("list"))["seeds"]!.AsArray())
            await _server.GoodAsync("POST", Widgets, seed!.ToJsonString());
    }

    private async Task CompareAsync(string what, JsonNode request, JsonNode expected)
    {
        var headers = request["headers"]!.AsObject().ToDictionary(h => h.Key, h => (string)h.Value!);
        var body = request["body"] is { } given ? given is JsonValue text ? (string)text! : await CurrentAsync(request, given) : null;
        using var response = await _server.AskAsync((string)request["method"]!, (string)request["path"]!, body, headers.GetValueOrDefault("content-type", "application/json"), headers.GetValueOrDefault("accept"));
        var raw = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)expected["status"]! == (int)response.StatusCode, $"{what}: {(int)response.StatusCode} {raw}");
        if (expected["body"] is not JsonObject wanted)
            return; // the recorded text is of the web server, or of protobuf: the code says it all

        var answer = JsonNode.Parse(raw)!.AsObject();
        if ((string?)wanted["kind"] == "Status" && (string?)wanted["status"] == "Failure")
            CompareFailure(what, wanted, answer);
        else
            Assert.Equal(Text(wanted), Text(answer));
    }

    /// <summary>A PUT of the recording carries the version of its day; ours carries the one of now.</summary>
    private async Task<string> CurrentAsync(JsonNode request, JsonNode body)
    {
        if ((string?)request["method"] != "PUT")
            return body.ToJsonString();

        if (body["metadata"]!["resourceVersion"] is not null)
            body["metadata"]!["resourceVersion"] = (await _server.GoodAsync("GET", (string)request["path"]!))["metadata"]!["resourceVersion"]!.DeepClone();
        body["metadata"]!.AsObject().Remove("uid");
        body["metadata"]!.AsObject().Remove("creationTimestamp");
        return body.ToJsonString();
    }

    private static void CompareFailure(string what, JsonObject wanted, JsonObject answer)
    {
        Assert.Equal((what, (string?)wanted["reason"]), (what, (string?)answer["reason"]));
        if (wanted["details"]?["causes"] is not JsonArray causes)
        {
            Assert.Equal((string?)wanted["message"], (string?)answer["message"]);
            return;
        }

        // Upstream walks maps in no order, so neither do its findings come in one.
        Assert.Equal(Sorted(causes), Sorted(answer["details"]!["causes"]!.AsArray()));
        Assert.Equal(Head(wanted), Head(answer));

        static IEnumerable<string> Sorted(JsonArray list) => list.Select(c => Text(c)).Distinct().Order(StringComparer.Ordinal);
        static string Head(JsonObject status) => ((string)status["message"]!).Split(" is invalid: ")[0];
    }

    private static bool Settles(string? step, JsonNode expected) => step is "established" or "conflict conditions" or "gone" or "unserved version" or "objects gone" or "group";

    private static bool IsSettled(JsonNode answer) => (string?)answer["kind"] != "CustomResourceDefinition" || answer["status"]?["conditions"] is JsonArray { Count: > 0 };

    private static async Task<JsonNode> ReadAsync(string name) => JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), Ct))!;

    /// <summary>The deletion of a definition's objects begins at once here; the recording caught the moment before.</summary>
    private static string Text(JsonNode? node) => (Normal(node)?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null")
        .Replace("InstanceDeletionInProgress", "InstanceDeletionPending", StringComparison.Ordinal)
        .Replace("CustomResource deletion is in progress", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", StringComparison.Ordinal);

    private static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonObject obj => new JsonObject(obj.Where(p => !Volatile.Contains(p.Key) && p.Value is not null).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Normal(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Normal)]),
        _ => node?.DeepClone(),
    };
}
