using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.Client.Config;

/// <summary>How to reach a cluster, and as whom: one context of a kubeconfig, or a pod's service account.</summary>
public sealed record ClusterAccess(Uri Server)
{
    /// <summary>The namespace commands work in if none is named.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Who may have signed the server's certificate; <see langword="null"/>: whom the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Talks to a server whoever it is (<c>insecure-skip-tls-verify</c>).</summary>
    public bool TrustsAnyServer { get; init; }

    /// <summary>The name expected in the server's certificate; empty for the address's.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>With its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public string Token { get; init; } = "";

    /// <summary>A file that holds the token and is replaced while we run; empty for none.</summary>
    public string TokenFile { get; init; } = "";

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>A handler for many requests at once, which the caller disposes.</summary>
    public HttpMessageHandler CreateHandler(TimeProvider clock)
    {
        var sockets = new SocketsHttpHandler
        {
            SslOptions = SslOptions(),
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            EnableMultipleHttp2Connections = true,

            // A watch may be silent for minutes: only pings tell a silent server from a dead one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        return this switch
        {
            { TokenFile.Length: > 0 } => new CredentialsHandler(new TokenFile(TokenFile, clock).Header, sockets),
            { Token.Length: > 0 } => new CredentialsHandler(() => new("Bearer", Token), sockets),
            { Username.Length: > 0 } => new CredentialsHandler(() => BasicHeader, sockets),
            _ => sockets,
        };
    }

    private System.Net.Http.Headers.AuthenticationHeaderValue BasicHeader =>
        new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{Username}:{Password}")));

    private SslClientAuthenticationOptions SslOptions()
    {
        var options = new SslClientAuthenticationOptions();
        if (ServerName.Length > 0)
            options.TargetHost = ServerName;
        if (ClientCertificate is { } certificate)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        if (TrustsAnyServer)
        {
            // What the kubeconfig asks for in so many words, as kubectl does.
#pragma warning disable CA5359
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }
}
