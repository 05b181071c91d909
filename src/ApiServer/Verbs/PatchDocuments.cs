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

    /// <param name="parsed">The patch as <see cref="Read"/> gave it, if it has not been used up; else it is parsed.</param>
    /// <exception cref="ApiException">The patch is malformed or does not fit.</exception>
    public static JsonNode? Apply(PatchBody patch, JsonNode document, Schema schema, JsonNode? parsed = null)
    {
        try
        {
            return patch.ContentType switch
            {
                JsonPatchType => JsonPatch.Apply(document, patch.Json),
                MergeType => MergePatch.Apply(document, parsed ?? Parse(patch)),
                StrategicType => StrategicMergePatch.Apply(document, parsed ?? Parse(patch) ?? new JsonObject(), schema),
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
            return JsonNodes.Parse(patch.Json.Span, DecodeContext.Lenient);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"error decoding patch: {e.Message}");
        }
    }

    /// <summary>The patch as a document, for its first use. Of a key that comes twice the client is told, or refused if it wants to be.</summary>
    /// <returns>Null for a JSON patch, and for what is no JSON: that is said where it is applied.</returns>
    /// <exception cref="ApiException">400.</exception>
    public static JsonNode? Read(PatchBody patch, WriteOptions options)
    {
        if (patch.ContentType == JsonPatchType)
            return null;

        var context = options.Decoding();
        JsonNode? document;
        try
        {
            document = JsonNodes.Parse(patch.Json.Span, context);
        }
        catch (JsonException)
        {
            return null;
        }

        options.Tell(context);
        return document;
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
