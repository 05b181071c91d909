using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>Reads bodies of CBOR: what the rest of the server sees is JSON, or for an apply patch the YAML that JSON is.</summary>
internal static class CborBodies
{
    /// <exception cref="ApiException">400: not CBOR. 413: too long.</exception>
    public static async ValueTask ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var type = Negotiation.BareType(request.ContentType ?? "");
        if (type is not (Negotiation.Cbor or Negotiation.ApplyPatchCbor))
            return;

        var body = await RequestBody.ReadAsync(request, ct);
        var json = body.IsEmpty ? [] : Convert(body);
        if (json.Length > RequestBody.Limit)
            throw ApiException.TooLarge($"Request entity too large: limit is {RequestBody.Limit}");
        request.Body = new MemoryStream(json);
        request.ContentLength = json.Length;
        request.ContentType = type == Negotiation.Cbor ? Negotiation.Json : Negotiation.ApplyPatch;
    }

    private static byte[] Convert(ReadOnlyMemory<byte> body)
    {
        try
        {
            return CborToJson.Convert(body.Span);
        }
        catch (DecodeException e)
        {
            throw ApiException.BadRequest($"unable to determine group/version/kind: {e.Message}");
        }
    }
}
