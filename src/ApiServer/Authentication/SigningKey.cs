using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>The P-256 key that signs service-account tokens; its id is the thumbprint of its public half.</summary>
public sealed class SigningKey : IDisposable
{
    private SigningKey(ECDsa algorithm)
    {
        Algorithm = algorithm;
        Id = Base64Url.EncodeToString(SHA256.HashData(algorithm.ExportSubjectPublicKeyInfo()));
    }

    public string Id { get; }

    internal ECDsa Algorithm { get; }

    /// <exception cref="CryptographicException">Not a P-256 private key in PEM.</exception>
    public static SigningKey FromPem(string pem)
    {
        var algorithm = ECDsa.Create();
        algorithm.ImportFromPem(pem);
        return new(algorithm);
    }

    /// <summary>The public half as RFC 7517 writes it, for <c>/openid/v1/jwks</c>.</summary>
    public JsonObject ToJsonWebKey()
    {
        var point = Algorithm.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["use"] = "sig",
            ["kty"] = "EC",
            ["kid"] = Id,
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    public void Dispose() => Algorithm.Dispose();
}
