using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.Host.Config;

namespace KubeSharp.Host.Pki;

/// <summary>Every key and certificate of a server, made on first start; certificates are renewed when a third of their life is left.</summary>
/// <remarks>
/// The authority never is: every kubeconfig and node trusts it. A clock that is wrong when the server starts must not replace it, nor leave
/// a certificate behind that the right clock does not accept.
/// </remarks>
internal sealed class ClusterKeys
{
    /// <summary>The one name that aggregated servers believe.</summary>
    public const string FrontProxyName = "front-proxy-client";

    private readonly KeyFiles _files;
    private readonly Authority _authority;
    private readonly Authority _frontProxyAuthority;
    private readonly TimeProvider _clock;

    /// <exception cref="StartException">By this machine's clock the authority is not valid yet, or no more.</exception>
    public ClusterKeys(string directory, TimeProvider clock)
    {
        (_files, _clock) = (new(directory), clock);
        _authority = AuthorityOf("ca", "kubesharp-ca");
        _frontProxyAuthority = AuthorityOf("front-proxy-ca", "kubesharp-front-proxy-ca");
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
        var now = _clock.GetUtcNow().UtcDateTime;
        return start <= now && now < end - ((end - start) / 3);
    }

    private Authority AuthorityOf(string file, string name)
    {
        var authority = new Authority(_files.Ensure(file, static _ => true, () => Authority.CreateSelfSigned(name, _clock)), _clock);
        var (now, start, end) = (_clock.GetUtcNow().UtcDateTime, authority.Certificate.NotBefore.ToUniversalTime(), authority.Certificate.NotAfter.ToUniversalTime());
        var path = _files.PathOf(file + ".crt");
        if (now < start)
            throw new StartException($"this machine's clock says {now:u}, but the cluster's authority {path} is valid from {start:u} on: set the clock (timedatectl shows it) and start again");
        if (now > end)
            throw new StartException($"the cluster's authority {path} expired on {end:u} and this machine's clock says {now:u}: set the clock if it is wrong; else remove {file}.crt and {file}.key and give every client its new kubeconfig");
        return authority;
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
