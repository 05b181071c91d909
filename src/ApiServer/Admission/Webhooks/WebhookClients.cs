using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using KubeSharp.ApiServer.Streams;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Connections to webhooks, kept between calls: one client for each target and set of authorities.</summary>
internal sealed class WebhookClients(WebhookAddress addresses)
{
    /// <summary>More than a cluster has webhooks; beyond it the clients are made anew rather than kept for ever.</summary>
    private const int MostClients = 256;

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Url, string Authorities), HttpClient> _clients = new();

    /// <exception cref="FormatException">The authorities are no certificates, or the URL is none.</exception>
    public HttpClient For(WebhookClientConfig target)
    {
        var key = (new Uri(WebhookAddress.UrlOf(target)).GetLeftPart(UriPartial.Authority), Convert.ToHexString(SHA256.HashData(target.CaBundle.Span)));
        if (_clients.TryGetValue(key, out var known))
            return known;

        // Calls may be under way on these, so they are not disposed: idle connections end by themselves and the collector takes the rest.
        if (_clients.Count >= MostClients)
            _clients.Clear();
        return _clients.GetOrAdd(key, static (_, made) => made, Create(target));
    }

    private HttpClient Create(WebhookClientConfig target)
    {
        var authorities = TrustedAuthorities.Read(target.CaBundle);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            // Endpoints of a service come and go; a connection to one that is gone would be used for ever.
            PooledConnectionLifetime = ConnectionLifetime,
            SslOptions = new()
            {
                TargetHost = WebhookAddress.HostOf(target),
                RemoteCertificateValidationCallback = authorities is null ? null : (_, certificate, chain, errors) => TrustedAuthorities.HaveSigned(authorities, certificate, chain, errors),
            },
        };
        if (target.Service is { } service)
            handler.ConnectCallback = async (_, ct) => await ConnectAsync(service, ct);
        return new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async ValueTask<Stream> ConnectAsync(ServiceReference service, CancellationToken ct)
    {
        var (host, port) = await addresses.ResolveAsync(service, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
