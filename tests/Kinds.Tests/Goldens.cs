using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.Kinds.Tests;

/// <summary>The cases under <c>tests/Golden</c>.</summary>
internal static class Goldens
{
    /// <summary>The cases of one area.</summary>
    public static IEnumerable<string> Names(string area) =>
        Directory.EnumerateFiles(Path.Combine(Root(), area), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public static JsonObject Read(string area, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), area, name + ".json")))!.AsObject();

    public static (Kind Kind, IObject Object) Decode(JsonNode body)
    {
        var apiVersion = (string)body["apiVersion"]!;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var kind = new BuiltIn(TimeProvider.System).Find(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], (string)body["kind"]!);
        Assert.NotNull(kind);
        return (kind, kind.Codec.Decode(Encoding.UTF8.GetBytes(body.ToJsonString()), DecodeContext.Lenient));
    }

    private static string Root([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "Golden");
}
