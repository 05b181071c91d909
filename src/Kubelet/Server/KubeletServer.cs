using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Server;

/// <summary>The kubelet's HTTPS server: logs, exec, attach and port-forward for the API server, numbers for those who watch the node.</summary>
internal sealed partial class KubeletServer(
    KubeletOptions options, ServerAccess access, KubeletRoutes routes, ILoggerFactory loggers, ILogger<KubeletServer> log)
{
    /// <summary>Serves until cancelled.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        await using var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync(ct);
        Serving(options.ListenAddress.ToString(), options.Port);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
        catch (OperationCanceledException)
        {
        }

        // Streams of exec and logs last as long as their clients like; the process ends without them.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinResponseDataRate = null; // a followed log is silent for hours
        kestrel.Listen(options.ListenAddress, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1; // exec and its kin upgrade the connection, which HTTP/2 has not got
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (_, _) => options.ServingCertificate();
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true; // a foreign certificate counts as none, and gets its 401
            });
        });
    }

    private async Task ServeAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            var certificate = context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
            var caller = await access.AuthenticateAsync(certificate, context.Request.Headers.Authorization.ToString(), ct);
            if (caller is null)
            {
                await Answer.TextAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized");
                return;
            }

            var (verb, subresource) = (Verb(context.Request.Method), Subresource(context.Request.Path.Value ?? "/"));
            if (!await access.IsAllowedAsync(caller, verb, subresource, ct))
            {
                await Answer.TextAsync(
                    context, StatusCodes.Status403Forbidden, $"Forbidden (user={caller.Name}, verb={verb}, resource=nodes, subresource(s)=[{subresource}])");
                return;
            }

            await routes.ServeAsync(context, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the client is gone
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            Unanswered(e, context.Request.Path);
            if (!context.Response.HasStarted)
                await Answer.TextAsync(context, StatusCodes.Status500InternalServerError, $"Authorization error: {e.Message}");
        }
        catch (Exception e)
        {
            Broken(e, context.Request.Method, context.Request.Path);
            if (!context.Response.HasStarted)
                await Answer.TextAsync(context, StatusCodes.Status500InternalServerError, e.Message);
            else
                context.Abort();
        }
    }

    private static string Verb(string method) => method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "get",
    };

    /// <summary>What of the node the path stands for, as upstream's authorizer maps it.</summary>
    private static string Subresource(string path) => path.TrimStart('/').Split('/')[0] switch
    {
        "stats" => "stats",
        "metrics" => "metrics",
        "logs" => "log",
        "healthz" => "healthz",
        "pods" => "pods",
        _ => "proxy",
    };

    [LoggerMessage(1, LogLevel.Information, "The kubelet serves on https://{Address}:{Port}")]
    private partial void Serving(string address, int port);

    [LoggerMessage(2, LogLevel.Warning, "The API server could not say whether {Path} may be read")]
    private partial void Unanswered(Exception e, string path);

    [LoggerMessage(3, LogLevel.Error, "{Method} {Path} failed")]
    private partial void Broken(Exception e, string method, string path);
}
