using System.Text.Unicode;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Http;

/// <summary>Reads the body of a PATCH and checks what goes with it.</summary>
internal static class PatchReader
{
    private static readonly string[] Types = [Negotiation.JsonPatch, Negotiation.MergePatch, Negotiation.StrategicPatch, Negotiation.ApplyPatch];

    /// <exception cref="ApiException">415: not a type of patch. 413, 400: the body. 422: the parameters.</exception>
    public static async Task<PatchBody> ReadAsync(ApiCall call, ServedResource resource)
    {
        var type = Negotiation.BareType(call.Request.ContentType ?? "");
        var isCustom = ApiCatalog.CodecFor(resource.Type.Group, resource.Type.Version, resource.Type.Kind) is null;
        var accepted = isCustom ? Types.Where(t => t != Negotiation.StrategicPatch).ToArray() : Types;
        if (!accepted.Contains(type))
            throw ApiException.UnsupportedMediaType(type, accepted);

        var body = await RequestBody.ReadAsync(call.Request, call.Aborted);
        BodyMetrics.Read(resource.Type, "patch", body.Length);
        Check(call, type);
        // A document is read lazily, so that what is broken in it would come up where nobody expects it.
        if (!Utf8.IsValid(body.Span))
            throw ApiException.BadRequest("error decoding patch: the body is not valid UTF-8");
        try
        {
            var json = type == Negotiation.ApplyPatch ? YamlToJson.Convert(body.Span) : body;
            call.Notes.Audit?.AskedPatch(json);
            return new(type, json, RequestInfo.Flag(call.Request.Query, "force"));
        }
        catch (DecodeException e)
        {
            throw ApiException.BadRequest($"error decoding YAML: {e.Message}");
        }
    }

    private static void Check(ApiCall call, string type)
    {
        var findings = new Findings();
        if (type != Negotiation.ApplyPatch)
        {
            if (call.Request.Query.ContainsKey("force"))
                findings.Forbidden("force", "may not be specified for non-apply patch");
        }
        else if (QueryOptions.Text(call.Request.Query, "fieldManager").Length == 0)
        {
            findings.Required("fieldManager", "is required for apply patch");
        }

        if (findings.Any)
            throw ApiException.Invalid("meta.k8s.io", "PatchOptions", "", findings);
    }
}
