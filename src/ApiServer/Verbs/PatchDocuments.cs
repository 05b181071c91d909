using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>Applies a patch of any type to a document.</summary>
internal static class PatchDocuments
{
    public const string JsonPatchType = "application/json-patch+json";
    public const string MergeType = "application/merge-patch+json";
    public const string StrategicType = "application/strategic-merge-patch+json";
    public const string ApplyType = "application/apply-patch+yaml";

    /// <exception cref="ApiException">The patch is malformed or does not fit.</exception>
    public static JsonNode? Apply(PatchBody patch, JsonNode document, Schema schema) => patch.ContentType switch
    {
        MergeType => Merge(document, Parse(patch)),
        _ => throw ApiException.UnsupportedMediaType(patch.ContentType, [JsonPatchType, MergeType, StrategicType, ApplyType]),
    };

    public static JsonNode? Parse(PatchBody patch)
    {
        try
        {
            return JsonNode.Parse(patch.Json.Span);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    private static JsonNode? Merge(JsonNode? document, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();

        var merged = document as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
                merged.Remove(name);
            else
                merged[name] = Merge(merged[name]?.DeepClone(), change);
        }

        return merged;
    }
}
