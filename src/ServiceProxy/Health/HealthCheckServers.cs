using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeSharp.ServiceProxy.Model;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ServiceProxy.Health;

/// <summary>
/// Answers load balancers on each Service's <c>healthCheckNodePort</c>: 200 if the Service has endpoints on this node, 503 if not.
/// </summary>
internal sealed partial class HealthCheckServers(ILogger<HealthCheckServers> log)
{
    private readonly Dictionary<ObjectKey, Server> _servers = [];

    /// <summary>Makes the open ports match; one loop calls this.</summary>
    public async Task SetAsync(ObjectKey service, HealthCheck? wanted)
    {
        if (_servers.TryGetValue(service, out var server))
        {
            if (server.Check.Port == wanted?.Port)
            {
                server.Check = wanted;
                return;
            }

            _servers.Remove(service);
            await server.DisposeAsync();
        }

        if (wanted is null)
            return;

        try
        {
            _servers.Add(service, new(wanted));
        }
        catch (SocketException e)
        {
            CannotListen(wanted.Port, service, e.Message);
        }
    }

    /// <summary>Closes every port.</summary>
    public async Task StopAsync()
    {
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
        _servers.Clear();
    }

    /// <summary>The whole answer, upstream's body.</summary>
    internal static string Answer(HealthCheck check)
    {
        var body = $$"""
            {
            	"service": {
            		"namespace": "{{check.Service.Namespace}}",
            		"name": "{{check.Service.Name}}"
            	},
            	"localEndpoints": {{check.LocalEndpoints}},
            	"serviceProxyHealthy": true
            }
            """;
        var status = check.LocalEndpoints > 0 ? "200 OK" : "503 Service Unavailable";
        return $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
            + $"X-Load-Balancing-Endpoint-Weight: {check.LocalEndpoints}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
    }

    [LoggerMessage(1, LogLevel.Warning, "Health check port {Port} of Service {Service} cannot be opened: {Why}")]
    private partial void CannotListen(int port, ObjectKey service, string why);

    /// <summary>One open port.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

        private readonly CancellationTokenSource _stop = new();
        private readonly TcpListener _listener;
        private readonly Task _loop;

        public Server(HealthCheck check)
        {
            Check = check;
            _listener = new(IPAddress.Any, check.Port);
            _listener.Start();
            _loop = ServeAsync(_stop.Token);
        }

        public HealthCheck Check { get; set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Dispose();
            await _loop;
            _stop.Dispose();
        }

        /// <summary>One connection at a time: a health check is a line in and ten lines out, and a silent client is dropped.</summary>
        private async Task ServeAsync(CancellationToken ct)
        {
            var buffer = new byte[4096];
            while (!ct.IsCancellationRequested)
            {
                try
                {
                    using var client = await _listener.AcceptSocketAsync(ct);
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
                    patience.CancelAfter(Patience);
                    _ = await client.ReceiveAsync(buffer, patience.Token);
                    await client.SendAsync(Encoding.UTF8.GetBytes(Answer(Check)), patience.Token);
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // That client is gone or too slow; or we are to stop, which the loop's condition sees.
                }
            }
        }
    }
}
