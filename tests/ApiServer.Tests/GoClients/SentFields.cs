using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>Everything that was sent is there in what is answered, which may have more: defaults, and items behind those of its lists.</summary>
internal sealed class SentFields(JsonObject sent)
{
    public IEnumerable<string> MissingIn(JsonNode answer) => Missing("", sent, answer);

    private static IEnumerable<string> Missing(string path, JsonNode? sent, JsonNode? answer) => (sent, answer) switch
    {
        (null, _) or (JsonObject { Count: 0 }, null) => [], // Go's way to write that there is nothing
        (JsonValue number, _) when path.EndsWith(".targetPort", StringComparison.Ordinal) && number.ToString() == "0" => [], // not set: it becomes the port
        (JsonObject all, JsonObject there) => all.SelectMany(p => Missing($"{path}.{p.Key}", p.Value, there[p.Key])),
        (JsonArray all, JsonArray there) => all.SelectMany((item, i) => Missing($"{path}[{i}]", item, i < there.Count ? there[i] : null)),
        _ when JsonNode.DeepEquals(sent, answer) => [],
        _ => [$"{path} is {answer?.ToJsonString() ?? "missing"} and not {sent.ToJsonString()}"],
    };
}
