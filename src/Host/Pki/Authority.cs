using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.Host.Pki;

/// <summary>A certificate authority of the cluster: signs what its files' owner asks for. P-256 throughout.</summary>
internal sealed class Authority(X509Certificate2 certificate, TimeProvider clock)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(365);

    /// <summary>Certificates are valid a little before they are made, for machines whose clock is behind.</summary>
    private static readonly TimeSpan Backdate = TimeSpan.FromHours(1);

    public X509Certificate2 Certificate { get; } = certificate;

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public static X509Certificate2 CreateSelfSigned(string commonName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = clock.GetUtcNow();
        return request.CreateSelfSigned(now - Backdate, now + Lifetime);
    }

    /// <summary>A certificate for a program that talks to the API as <paramref name="user"/> in <paramref name="groups"/>.</summary>
    public X509Certificate2 IssueClient(string user, params ReadOnlySpan<string> groups)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(user);
        foreach (var group in groups)
            name.AddOrganizationName(group);
        return Issue(name.Build(), ClientAuthentication, null);
    }

    /// <summary>A certificate for a server that is reached under these names and addresses.</summary>
    public X509Certificate2 IssueServer(string commonName, IEnumerable<string> names, IEnumerable<IPAddress> addresses)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            alternatives.AddDnsName(name);
        foreach (var address in addresses.Distinct())
            alternatives.AddIpAddress(address);
        return Issue(new($"CN={commonName}"), ServerAuthentication, alternatives.Build());
    }

    private X509Certificate2 Issue(X500DistinguishedName subject, string usage, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        if (alternatives is not null)
            request.CertificateExtensions.Add(alternatives);

        var now = clock.GetUtcNow();
        var end = now + LeafLifetime;
        var last = new DateTimeOffset(Certificate.NotAfter.ToUniversalTime());
        using var signed = request.Create(Certificate, now - Backdate, end < last ? end : last, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
}
