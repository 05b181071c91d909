using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>The cases of tests/Golden/upstream-1.36: one line each, one file a topic.</summary>
internal static class Case
{
    public static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Golden", "upstream-1.36");
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Topics = new();

    public static TheoryData<string, string> All =>
        [.. Directory.GetFiles(Root, "*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal).SelectMany(t => Lines(t).Keys.Select(c => (t, c)))];

    public static IReadOnlyList<JsonNode> Steps(string topic, string name) => [.. JsonNode.Parse(Lines(topic)[name])!["steps"]!.AsArray().OfType<JsonNode>()];

    private static IReadOnlyDictionary<string, string> Lines(string topic) =>
        Topics.GetOrAdd(topic, static t => File.ReadLines(Path.Combine(Root, t + ".jsonl")).ToDictionary(NameOf));

    private static string NameOf(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("case").GetString()!;
    }
}
