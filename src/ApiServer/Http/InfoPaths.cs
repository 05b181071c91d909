using KubeSharp.ApiServer.Discovery;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>The paths about the server itself: index, version, and how its tokens are verified.</summary>
/// <param name="index">Every path that is served.</param>
internal sealed class InfoPaths(ServerVersion version, OpenIdDocuments openId, Func<IEnumerable<string>> index) : IPathHandler
{
    public static readonly string[] Own = ["/.well-known/openid-configuration", "/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/version"];

    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        Func<ValueTask>? answer = call.Info.Path switch
        {
            "/" => () => JsonAsync(call, Index()),
            "/version" or "/version/" => () => JsonAsync(call, version.ToJson()),
            "/.well-known/openid-configuration" => () => JsonAsync(call, openId.Configuration()),
            "/openid/v1/jwks" => () => KeysAsync(call),
            _ => null,
        };
        if (answer is null)
            return false;
        call.CheckIsRead();

        await answer();
        return true;
    }

    private byte[] Index() => DiscoveryDocuments.Write(w =>
    {
        w.WriteStartObject();
        DiscoveryDocuments.WriteStrings(w, "paths"u8, [.. index().Concat(Own).Distinct().Order(StringComparer.Ordinal)]);
        w.WriteEndObject();
    });

    private static async ValueTask JsonAsync(ApiCall call, byte[] json) =>
        await AnswerWriter.JsonAsync(call.Context, ResponseForm.Json with { IsPretty = call.Form.IsPretty }, json, StatusCodes.Status200OK, call.Aborted);

    private async ValueTask KeysAsync(ApiCall call)
    {
        call.Response.Headers.CacheControl = "public, max-age=3600";
        await AnswerWriter.SendAsync(call.Context, "application/jwk-set+json", openId.Keys(), StatusCodes.Status200OK, call.Aborted);
    }
}
