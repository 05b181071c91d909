using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.InProcess;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.OpenApi;
using KubeSharp.ApiServer.Streams;
using KubeSharp.Machinery.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary>The HTTP face of the API server: one handler, reached over TLS or from within the process.</summary>
public sealed class ApiServerHttp : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PrometheusExporter _exporter = new();
    private readonly PrometheusExporter _slis = new(static name => name == HealthMetrics.MeterName);
    private readonly ILoggerFactory _logs;
    private readonly Connections _connections;
    private readonly ApiPipeline _pipeline;

    public ApiServerHttp(ApiServerParts parts)
    {
        _logs = parts.Logs;
        // What has no labels is shown from the start, whether or not anything has happened yet.
        AuditMetrics.Events.Add(0);
        AuditMetrics.Rejected.Add(0);
        AggregatorMetrics.MissingNames.Add(0);
        var fairness = parts.Fairness;
        var discovery = new DiscoveryPaths(parts.Verbs, parts.Aggregator, parts.Address);
        var health = new HealthPaths([HealthCheck.Ping, .. parts.Checks, new("shutdown", _ => new(_stopping.IsCancellationRequested ? "the server is shutting down" : null), IsOfReadiness: true)], _logs.CreateLogger<HealthPaths>());
        var openId = new OpenIdDocuments(parts.Issuer, "https://" + parts.Address, parts.SigningKeys);
        var metrics = new MetricsPaths(_exporter, _slis, [.. parts.Collectors, .. fairness is null ? (Action<PrometheusText>[])[] : [fairness.WriteMetrics], text => ProcessMetrics.Write(text, parts.Clock.GetUtcNow()), parts.Version.Write]);
        IPathHandler[] dumps = fairness is null ? [] : [fairness.Dump];
        var info = new InfoPaths(parts.Version, openId, () => discovery.Paths().Concat(health.Paths()));
        _connections = new(parts);
        var gate = new Gate(parts.Authenticators, parts.Authorizer, parts.Clock);
        var answers = new AnswerWriter(parts.Clock);
        _pipeline = new(
            gate,
            new(parts.Verbs, parts.Reviews, parts.Subresources, _connections.Table, answers, new(parts.Checks, answers), gate),
            new(parts.Verbs, parts.History, gate, answers, parts.Clock),
            [health, discovery, new OpenApiPaths(parts.Verbs, parts.Aggregator, parts.Version.GitVersion), info, metrics, .. dumps],
            _connections.Table,
            parts.Aggregator,
            parts.Audit,
            fairness ?? (ITurns?)parts.InFlight,
            servesCbor: parts.ServesCbor,
            new(),
            parts.Clock,
            _logs.CreateLogger<ApiPipeline>(),
            _stopping.Token);
    }

    /// <summary>Answers one request.</summary>
    public RequestDelegate Handler => _pipeline.HandleAsync;

    /// <summary>A transport for clients in this process: the same pipeline, no socket, an identity that needs no proof.</summary>
    public HttpMessageHandler CreateInProcessHandler(Identity user) => new InProcessHandler(Handler, user);

    /// <summary>Listens and serves until cancelled; watches and streams end first.</summary>
    /// <param name="certificate">Asked on each new connection, so that a renewed certificate needs no restart.</param>
    /// <param name="listening">Told the bound address once connections are taken.</param>
    public async Task RunAsync(IPEndPoint endpoint, Func<X509Certificate2> certificate, Action<IPEndPoint> listening, CancellationToken ct)
    {
        await using var stop = ct.Register(_stopping.Cancel);
        await KestrelListener.RunAsync(endpoint, certificate, Handler, _logs, listening, ct);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _connections.Dispose();
        _exporter.Dispose();
        _slis.Dispose();
        _stopping.Dispose();
    }
}
