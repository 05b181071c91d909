using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.Host.Pki;

/// <summary>Every key and certificate of a server, made on first start and renewed when a third of their life is left.</summary>
internal sealed class ClusterKeys
{
    /// <summary>The one name that aggregated servers believe.</summary>
    public const string FrontProxyName = "front-proxy-client";

    private readonly KeyFiles _files;
    private readonly Authority _authority;
    private readonly Authority _frontProxyAuthority;
    private readonly TimeProvider _clock;

    public ClusterKeys(string directory, TimeProvider clock)
    {
        (_files, _clock) = (new(directory), clock);
        _authority = new(_files.Ensure("ca", IsFresh, () => Authority.CreateSelfSigned("kubesharp-ca", clock)), clock);
        _frontProxyAuthority = new(_files.Ensure("front-proxy-ca", IsFresh, () => Authority.CreateSelfSigned("kubesharp-front-proxy-ca", clock)), clock);
        TokenKey = SigningKey.FromPem(_files.EnsureKey("service-account.key"));
    }

    public X509Certificate2 CertificateAuthority => _authority.Certificate;

    public string CertificateAuthorityPem => _authority.Pem;

    public SigningKey TokenKey { get; }

    /// <summary>Signs front proxies and nothing else: who has such a certificate may speak for anybody.</summary>
    public X509Certificate2 FrontProxyAuthority => _frontProxyAuthority.Certificate;

    /// <summary>The administrator's certificate for the kubeconfig.</summary>
    public X509Certificate2 Administrator() =>
        _files.Ensure("admin", IsFreshLeaf, () => _authority.IssueClient("kubernetes-admin", "system:masters"));

    /// <summary>With this the API server shows itself to the nodes' agents.</summary>
    public X509Certificate2 KubeletClient() =>
        _files.Ensure("apiserver-kubelet-client", IsFreshLeaf, () => _authority.IssueClient("kube-apiserver-kubelet-client", "system:masters"));

    /// <summary>With this the API server shows itself to the API servers behind it.</summary>
    public X509Certificate2 FrontProxyClient() =>
        _files.Ensure("front-proxy-client", c => IsFreshLeaf(c, FrontProxyAuthority), () => _frontProxyAuthority.IssueClient(FrontProxyName));

    public X509Certificate2 ApiServer(IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses) =>
        Server("apiserver", "kube-apiserver", names, addresses);

    public X509Certificate2 Kubelet(string node, IReadOnlyList<IPAddress> addresses) =>
        Server("kubelet", $"system:node:{node}", [node], addresses);

    private X509Certificate2 Server(string file, string commonName, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses) =>
        _files.Ensure(
            file,
            c => IsFreshLeaf(c) && Covers(c, names, addresses),
            () => _authority.IssueServer(commonName, names, addresses));

    private bool IsFresh(X509Certificate2 certificate)
    {
        var (start, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return _clock.GetUtcNow().UtcDateTime < end - ((end - start) / 3);
    }

    /// <summary>A leaf of an authority that was replaced is of no use.</summary>
    private bool IsFreshLeaf(X509Certificate2 certificate) => IsFreshLeaf(certificate, CertificateAuthority);

    private bool IsFreshLeaf(X509Certificate2 certificate, X509Certificate2 authority) =>
        IsFresh(certificate) && certificate.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData)
        && IsSigned(certificate, authority);

    private bool IsSigned(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _clock.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>A machine that got a new address or name needs a new certificate.</summary>
    private static bool Covers(X509Certificate2 certificate, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return alternatives is not null
            && names.All(alternatives.EnumerateDnsNames().Contains)
            && addresses.All(alternatives.EnumerateIPAddresses().Contains);
    }
}
