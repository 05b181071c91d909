using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>A client certificate signed by the cluster's CA: the common name is the user, each organization a group.</summary>
/// <remarks>The TLS layer asks for a certificate but accepts any, so that a bad one gets a 401 with a Status, not a broken handshake.</remarks>
public sealed class ClientCertificateAuthenticator(X509Certificate2Collection authorities, TimeProvider clock) : IAuthenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // One certificate object lives as long as its connection: the chain is built once per connection, its dates are checked per request.
    private readonly ConditionalWeakTable<X509Certificate2, Identity> _proved = [];

    public async ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct)
    {
        if (await context.Connection.GetClientCertificateAsync(ct) is not { } certificate)
            return null;

        var now = clock.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
            throw ApiException.Unauthorized();

        if (_proved.TryGetValue(certificate, out var known))
            return known;

        if (!IsTrusted(certificate, now))
            throw ApiException.Unauthorized();

        var identity = Read(certificate);
        _proved.AddOrUpdate(certificate, identity);
        return identity;
    }

    private bool IsTrusted(X509Certificate2 certificate, DateTime now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    private static Identity Read(X509Certificate2 certificate)
    {
        var name = "";
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements)
            {
                ReadSet(part.RawData, groups, ref name);
                continue;
            }

            var value = part.GetSingleElementValue() ?? "";
            if (part.GetSingleElementType().Value == CommonName)
                name = value;
            else if (part.GetSingleElementType().Value == Organization)
                groups.Add(value);
        }

        if (name.Length == 0)
            throw ApiException.Unauthorized();

        return new(name, [.. groups, Identity.Authenticated]);
    }

    /// <summary>Go's certificates put several organizations into one SET (RFC 5280, 4.1.2.4).</summary>
    private static void ReadSet(ReadOnlyMemory<byte> encoded, List<string> groups, ref string name)
    {
        var set = new AsnReader(encoded, AsnEncodingRules.DER).ReadSetOf(skipSortOrderValidation: true);
        while (set.HasData)
        {
            var pair = set.ReadSequence();
            var type = pair.ReadObjectIdentifier();
            var tag = pair.PeekTag();
            var value = pair.ReadCharacterString((UniversalTagNumber)tag.TagValue);
            if (type == CommonName)
                name = value;
            else if (type == Organization)
                groups.Add(value);
        }
    }
}
