using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary>A bare Kestrel with TLS around one request handler.</summary>
internal static class KestrelListener
{
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(5);

    /// <summary>Serves until cancelled, then lets what runs end.</summary>
    /// <param name="certificate">Asked on each new connection, so that a renewed certificate needs no restart.</param>
    /// <param name="listening">Told the bound address once connections are taken.</param>
    public static async Task RunAsync(
        IPEndPoint endpoint, Func<X509Certificate2> certificate, RequestDelegate handler, ILoggerFactory logs, Action<IPEndPoint> listening, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => Configure(o, endpoint, certificate));
        await using var app = builder.Build();
        // Straight from the server to the handler: what hosting would do in between (spans, logs and counts of its own) is done by the pipeline.
        var server = app.Services.GetRequiredService<IServer>();
        await server.StartAsync(new DirectApplication(handler), ct);
        listening(Address(server, endpoint));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
        catch (OperationCanceledException)
        {
            using var grace = new CancellationTokenSource(ShutdownGrace);
            await server.StopAsync(grace.Token);
        }
    }

    private static void Configure(KestrelServerOptions options, IPEndPoint endpoint, Func<X509Certificate2> certificate)
    {
        options.AddServerHeader = false;
        // The dynamic table costs more processor than it saves bytes: half our headers are new with each answer.
        options.AllowResponseHeaderCompression = false;
        // Warnings may quote what people wrote, in any language.
        options.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        options.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        options.Limits.MaxRequestBodySize = null; // bodies are limited where they are read; proxied streams have no end
        options.Limits.MinRequestBodyDataRate = null; // a watch or an exec may be silent for hours
        options.Limits.MinResponseDataRate = null;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(3);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        options.Limits.Http2.MaxStreamsPerConnection = 250; // upstream's default
        options.Limits.Http2.InitialStreamWindowSize = 256 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 25 * 256 * 1024;
        options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        options.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = new Handshakes(certificate).ChooseAsync });
        });
    }

    private static IPEndPoint Address(IServer server, IPEndPoint asked)
    {
        var url = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return url is not null && Uri.TryCreate(url, UriKind.Absolute, out var uri) ? new(asked.Address, uri.Port) : asked;
    }

    /// <summary>The TLS settings of a connection, made anew only when the certificate is another one.</summary>
    private sealed class Handshakes(Func<X509Certificate2> certificate)
    {
        private (X509Certificate2 Certificate, SslServerAuthenticationOptions Options)? _current;

        public ValueTask<SslServerAuthenticationOptions> ChooseAsync(TlsHandshakeCallbackContext context)
        {
            var now = certificate();
            if (_current is { } known && ReferenceEquals(known.Certificate, now))
                return new(known.Options);

            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(now, additionalCertificates: null, offline: true),
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = true,
#pragma warning disable CA5359 // This is the server's side: any client certificate or none will do here, a bad one gets a proper 401 from the authenticator.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            };
            _current = (now, options);
            return new(options);
        }
    }
}
