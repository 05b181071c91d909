using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>Signed tokens as RFC 7519 has them, with the one algorithm this server signs with: ES256.</summary>
internal static class JsonWebToken
{
    /// <summary>A token is a few hundred bytes; anything much larger is not worth parsing.</summary>
    private const int MaxLength = 16 * 1024;

    public static string Sign(JsonObject claims, SigningKey key)
    {
        var header = $$"""{"alg":"ES256","kid":"{{key.Id}}"}""";
        var body = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "."
            + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        var signature = key.Algorithm.SignData(
            Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return body + "." + Base64Url.EncodeToString(signature);
    }

    /// <summary>The claims, or <see langword="null"/> if the token is not one of ours: wrong shape, algorithm, key or signature.</summary>
    public static JsonObject? Verify(string token, IEnumerable<SigningKey> keys)
    {
        if (token.Length > MaxLength || token.Split('.') is not [var header, var claims, var signature])
            return null;

        try
        {
            // "none" and every other algorithm are refused here, whatever the rest says.
            if (Parse(header) is not { } head || (string?)head["alg"] != "ES256")
                return null;

            var kid = (string?)head["kid"];
            var signed = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
            var bytes = Base64Url.DecodeFromChars(signature);
            var isOurs = keys.Any(k => (kid is null || k.Id == kid) && k.Algorithm.VerifyData(
                signed, bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            return isOurs ? Parse(claims) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonObject? Parse(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
}
