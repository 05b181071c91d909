using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Apply;

/// <summary>
/// Sequences of applies, updates and patches as an upstream server (v1.20) answered them. Where 1.36 answers differently, the step has a
/// "since" with the answer it gives and a note why.
/// </summary>
public sealed class ApplyGoldenTests : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "apply");

    /// <summary>What no two runs have in common.</summary>
    private static readonly HashSet<string> Drawn =
    [
        "uid", "resourceVersion", "creationTimestamp", "time", "subresource", "lastUpdateTime", "lastTransitionTime", "clusterIP", "clusterIPs", "nodePort",
    ];

    /// <summary>What later versions add to every object of a kind, or mount differently, whoever writes it.</summary>
    private static readonly string[] Since120 = ["internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy", "volumes", "volumeMounts"];

    private WholeServer _server = null!;

    public static TheoryData<string> Cases => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n[0] != '_').Order(StringComparer.Ordinal)];

    public async ValueTask InitializeAsync()
    {
        _server = await WholeServer.StartAsync();
        await _server.Core.CreateAsync(new Namespace { Metadata = new() { Name = "golden-patch" } });
        await _server.Core.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = "golden-patch" } });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sequence_goes_as_upstreams(string name)
    {
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), TestServer.Ct))!;
        if (name.StartsWith("crd-", StringComparison.Ordinal))
            await DefineAsync();
        foreach (var step in golden["steps"]!.AsArray())
        {
            var request = step!["request"]!;
            var body = request["body"] is { } given ? given is JsonValue text ? (string)text! : given.ToJsonString() : null;
            var (code, answer) = await _server.SendAsync(
                (string)request["method"]!, (string)request["path"]!, body, (string?)request["headers"]!["content-type"] ?? "application/json");

            var expected = (step["since"] ?? step)["response"]!;
            var label = $"{name}: {step["step"]}";
            Assert.True((int)expected["status"]! == code, $"{label}: {code} {answer.ToJsonString()}");
            Assert.Equal($"{label}\n{Text(Comparable(expected["body"]!))}", $"{label}\n{Text(Comparable(answer))}");
        }
    }

    /// <summary>The custom resource of the recordings, which did not keep its definition: lists and maps of each type.</summary>
    private async Task DefineAsync()
    {
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        var (code, made) = await _server.SendAsync("POST", Definitions, await File.ReadAllTextAsync(Path.Combine(Folder, "_definition.json"), TestServer.Ct));
        Assert.True(code == 201, made.ToJsonString());
        while (made["status"]!["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Established") != true)
            (_, made) = await _server.SendAsync("GET", $"{Definitions}/aps.ap.example.com");
    }

    private static JsonNode Comparable(JsonNode body)
    {
        var copy = body.DeepClone();
        Strip(copy);
        if ((string?)copy["kind"] == "Status")
            return new JsonObject { ["message"] = copy["message"]?.DeepClone(), ["reason"] = copy["reason"]?.DeepClone(), ["causes"] = Causes(copy["details"]?["causes"]) };

        copy.AsObject().Remove("status");
        (copy["metadata"] as JsonObject)?.Remove("generation");
        return copy;
    }

    /// <summary>Upstream lists them in the order of a hash table.</summary>
    private static JsonArray? Causes(JsonNode? causes) => causes is JsonArray list ? [.. list.Select(c => c!.DeepClone()).OrderBy(c => c.ToJsonString(), StringComparer.Ordinal)] : null;

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject obj)
        {
            foreach (var name in obj.Select(p => p.Key).Where(k => Drawn.Contains(k) || Since120.Contains(k)).ToList())
                obj.Remove(name);
            foreach (var (_, value) in obj)
                Strip(value);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                Strip(item);
        }
    }

    private static string Text(JsonNode? node)
    {
        return Sorted(node)?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null";

        static JsonNode? Sorted(JsonNode? node) => node switch
        {
            JsonObject obj => new JsonObject(obj.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
    }
}
