using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.SampleWebhook;

/// <summary>The two decisions, apart from HTTP.</summary>
public static class Reviews
{
    private const string Forbidden = "example.com/forbidden";
    private const string Mark = "example.com/seen-by";

    /// <summary>Refuses a ConfigMap that says itself that it is forbidden.</summary>
    public static JsonObject Validate(JsonNode request)
    {
        var labels = request["object"]?["metadata"]?["labels"];
        return (string?)labels?[Forbidden] == "true"
            ? new() { ["allowed"] = false, ["status"] = new JsonObject { ["code"] = 403, ["message"] = $"the label {Forbidden} says so" } }
            : new() { ["allowed"] = true };
    }

    /// <summary>Leaves an annotation on every pod.</summary>
    public static JsonObject Mutate(JsonNode request)
    {
        var patch = new JsonArray();
        if (request["object"]?["metadata"]?["annotations"] is null)
            patch.Add((JsonNode)Add("/metadata/annotations", new JsonObject()));
        patch.Add((JsonNode)Add("/metadata/annotations/" + Mark.Replace("/", "~1", StringComparison.Ordinal), "sample-webhook"));
        return new()
        {
            ["allowed"] = true,
            ["patchType"] = "JSONPatch",
            ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString())),
        };
    }

    private static JsonObject Add(string path, JsonNode value) => new() { ["op"] = "add", ["path"] = path, ["value"] = value };
}
