using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>Applies a patch of any type but apply to a document.</summary>
internal static class PatchDocuments
{
    public const string JsonPatchType = "application/json-patch+json";
    public const string MergeType = "application/merge-patch+json";
    public const string StrategicType = "application/strategic-merge-patch+json";
    public const string ApplyType = "application/apply-patch+yaml";

    /// <exception cref="ApiException">The patch is malformed or does not fit.</exception>
    public static JsonNode? Apply(PatchBody patch, JsonNode document, Schema schema)
    {
        try
        {
            return patch.ContentType switch
            {
                JsonPatchType => JsonPatch.Apply(document, patch.Json),
                MergeType => MergePatch.Apply(document, Parse(patch)),
                StrategicType => StrategicMergePatch.Apply(document, Parse(patch) ?? new JsonObject(), schema),
                _ => throw ApiException.UnsupportedMediaType(patch.ContentType, [JsonPatchType, MergeType, StrategicType, ApplyType]),
            };
        }
        catch (PatchException e)
        {
            throw new ApiException(Failure(e), e);
        }
    }

    /// <exception cref="ApiException">400: not JSON.</exception>
    public static JsonNode? Parse(PatchBody patch)
    {
        try
        {
            return JsonNodes.Parse(patch.Json.Span);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    /// <summary>Of a key that comes twice the last one counts, and the client is told, or refused if it wants to be.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckDuplicates(PatchBody patch, WriteOptions options)
    {
        if (options.FieldValidation == "Ignore" || patch.ContentType == JsonPatchType)
            return;

        var duplicates = new List<string>();
        try
        {
            JsonNodes.Parse(patch.Json.Span, duplicates);
        }
        catch (JsonException)
        {
            return; // said where the patch is applied
        }

        var findings = duplicates.ConvertAll(d => $"duplicate field \"{d}\"");
        if (options.FieldValidation == "Strict" && findings.Count > 0)
            throw ApiException.BadRequest($"strict decoding error: {string.Join(", ", findings)}");
        findings.ForEach(options.Warn);
    }

    private static Status Failure(PatchException e)
    {
        var reason = e.Code switch
        {
            400 => "BadRequest",
            413 => "RequestEntityTooLarge",
            415 => "UnsupportedMediaType",
            422 => "Invalid",
            _ => "InternalError",
        };
        return ApiException.Failure(e.Code, reason, e.Message, e.Detail.Length > 0 ? new() { Causes = [new() { Message = e.Detail }] } : null);
    }
}
