using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.Recordings;

/// <summary>One recorded case: requests, and what the server must answer to each.</summary>
/// <param name="Before">Requests that bring about what the recorder found there; their answers must only be successes.</param>
internal sealed record Recording(IReadOnlyList<JsonNode> Before, IReadOnlyList<JsonNode> Steps)
{
    private const string Shared = "_before";

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Recordings");

    /// <summary>The names of all cases of one folder of tests/Golden.</summary>
    public static TheoryData<string> Names(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != Shared).Order(StringComparer.Ordinal)];

    public static async Task<Recording> LoadAsync(string folder, string name)
    {
        var shared = await ReadAsync(folder, Shared);
        var own = await ReadAsync(folder, name) ?? throw new FileNotFoundException($"there is no case {folder}/{name}");
        return new([.. Requests(shared), .. Requests(own)], own["steps"] is JsonArray steps ? [.. steps.OfType<JsonNode>()] : [own]);
    }

    private static IEnumerable<JsonNode> Requests(JsonNode? file) => file?["before"]?.AsArray().OfType<JsonNode>() ?? [];

    private static async Task<JsonNode?> ReadAsync(string folder, string name)
    {
        var path = Path.Combine(Root, folder, name + ".json");
        return File.Exists(path) ? JsonNode.Parse(await File.ReadAllTextAsync(path, TestServer.Ct)) : null;
    }
}
