using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.Http;

/// <summary>What others need to verify service-account tokens (OpenID Connect discovery, RFC 7517).</summary>
/// <param name="address">Where clients reach this server: <c>https://host:port</c>.</param>
internal sealed class OpenIdDocuments(string issuer, string address, IReadOnlyList<SigningKey> keys)
{
    public byte[] Configuration() => Bytes(new JsonObject
    {
        ["issuer"] = issuer,
        ["jwks_uri"] = address + "/openid/v1/jwks",
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
    });

    public byte[] Keys() => Bytes(new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.ToJsonWebKey())]) });

    private static byte[] Bytes(JsonObject document) => System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
}
