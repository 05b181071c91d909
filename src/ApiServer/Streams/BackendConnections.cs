using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.ApiServer.Streams;

/// <summary>Makes connections to kubelets, pods and services: pooled ones for plain HTTP, raw ones for upgrades.</summary>
internal sealed class BackendConnections(KubeletConnection kubelets, TimeProvider clock) : IDialer, IDisposable
{
    private readonly Dictionary<BackendTrust, HttpMessageInvoker> _pools = new()
    {
        [BackendTrust.Any] = Pool(kubelets, clock, BackendTrust.Any),
        [BackendTrust.Kubelet] = Pool(kubelets, clock, BackendTrust.Kubelet),
    };

    /// <exception cref="HttpRequestException">The backend cannot be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(BackendTrust trust, HttpRequestMessage request, CancellationToken ct) => _pools[trust].SendAsync(request, ct);

    public async Task<Stream> ConnectAsync(Backend backend, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var time = new CancellationTokenSource(kubelets.ConnectTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            await socket.ConnectAsync(backend.Host, backend.Port, limit.Token);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (!backend.IsTls)
                return plain;

            var tls = new SslStream(plain);
            var options = Tls(kubelets, backend.Trust, clock);
            options.TargetHost = backend.Host;
            options.ApplicationProtocols = [SslApplicationProtocol.Http11];
            await tls.AuthenticateAsClientAsync(options, limit.Token);
            return tls;
        }
        catch (Exception e) when (e is SocketException or System.Security.Authentication.AuthenticationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw new IOException(e is OperationCanceledException ? $"dial tcp {backend.Authority}: i/o timeout" : $"dial tcp {backend.Authority}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
    }

    private static HttpMessageInvoker Pool(KubeletConnection kubelets, TimeProvider clock, BackendTrust trust) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = kubelets.ConnectTimeout,
        // A renewed client certificate is shown from the next connection on.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        ActivityHeadersPropagator = null,
        SslOptions = Tls(kubelets, trust, clock),
    });

    private static SslClientAuthenticationOptions Tls(KubeletConnection kubelets, BackendTrust trust, TimeProvider clock)
    {
        var options = new SslClientAuthenticationOptions
        {
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => trust == BackendTrust.Any || IsKubelet(certificate, errors, kubelets, clock),
        };
        if (trust == BackendTrust.Kubelet)
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => kubelets.ClientCertificate()!; // null is allowed: no certificate
        return options;
    }

    private static bool IsKubelet(X509Certificate? certificate, SslPolicyErrors errors, KubeletConnection kubelets, TimeProvider clock)
    {
        if (certificate is not X509Certificate2 own || (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(kubelets.Authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(own);
    }
}
