using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KubeSharp.Kubelet;
using KubeSharp.Kubelet.Logs;
using KubeSharp.Kubelet.Server;
using KubeSharp.Linux.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Privileged.Tests.Runtime;

/// <summary>The kubelet's real server before a real containerd, asked as the API server asks it.</summary>
public sealed class KubeletServerTests(ContainerdFixture node) : IClassFixture<ContainerdFixture>, IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly DirectoryWatch _watch = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port = FreePort();
    private Task _server = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var pods = await RunningContainer.StartAsync(node, "served", "echo ready; exec sleep 1000", Ct);
        var options = new KubeletOptions
        {
            NodeName = "n1",
            DataDir = node.Root,
            Port = _port,
            ListenAddress = IPAddress.Loopback,
            ServingCertificate = () => _certificates.Server,
            ClientCa = [_certificates.Ca],
        };
        var clock = TimeProvider.System;
        var usage = new NodeUsage(pods, node.Client, node.PodCgroups, clock);
        var routes = new KubeletRoutes(
            pods,
            new LogRoute(pods, node.Client, new ContainerLogs(_watch, clock), clock),
            new StreamRoutes(pods, node.Client, new UpgradedRelay(clock)),
            new SummaryRoute(usage, node.Client, options, clock),
            new MetricsRoute(usage, pods, options));
        var access = new ServerAccess(new NoApiServer(), "n1", options.ClientCa, clock);
        _server = new KubeletServer(options, access, routes, NullLoggerFactory.Instance, NullLogger<KubeletServer>.Instance).RunAsync(_stop.Token);
        using var http = Http();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await IsUpAsync(http))
            await timer.WaitForNextTickAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _server;
        foreach (var sandbox in await node.Client.ListSandboxesAsync(new(), default))
        {
            await node.Client.StopSandboxAsync(sandbox.Id, default);
            await node.Client.RemoveSandboxAsync(sandbox.Id, default);
        }

        _certificates.Dispose();
        _watch.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_command_runs_over_a_websocket_with_its_input_output_and_exit_code()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v4.channel.k8s.io");
        socket.Options.ClientCertificates.Add(_certificates.ApiServer);
        socket.Options.RemoteCertificateValidationCallback = IsOurServer;
        await socket.ConnectAsync(
            new($"wss://127.0.0.1:{_port}/exec/test/served/c?command=sh&command=-c&command={Uri.EscapeDataString("read x; echo got $x; echo bad >&2; exit 7")}&input=1&output=1&error=1"), Ct);
        await socket.SendAsync("\0typed\n"u8.ToArray(), WebSocketMessageType.Binary, true, Ct);

        var channels = await DrainAsync(socket);

        Assert.Equal("got typed\n", channels[1]);
        Assert.Equal("bad\n", channels[2]);
        using var status = JsonDocument.Parse(channels[3]);
        Assert.Equal("NonZeroExitCode", status.RootElement.GetProperty("reason").GetString());
        Assert.Equal("7", status.RootElement.GetProperty("details").GetProperty("causes")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Megabytes_come_through_whole()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v4.channel.k8s.io");
        socket.Options.ClientCertificates.Add(_certificates.ApiServer);
        socket.Options.RemoteCertificateValidationCallback = IsOurServer;
        await socket.ConnectAsync(
            new($"wss://127.0.0.1:{_port}/exec/test/served/c?command=busybox&command=head&command=-c&command=20000000&command=/dev/zero&output=1"), Ct);

        Assert.Equal(20_000_000, (await DrainAsync(socket))[1].Length);
    }

    [Fact]
    public async Task Logs_are_served_and_what_is_missing_is_said()
    {
        using var http = Http();

        Assert.Equal("ready\n", await http.GetStringAsync($"https://127.0.0.1:{_port}/containerLogs/test/served/c?tailLines=1", Ct));
        Assert.Equal((404, "pod \"x\" not found"), await GetAsync(http, "/containerLogs/test/x/c"));
        Assert.Equal((404, "container \"d\" not found in pod \"served\""), await GetAsync(http, "/containerLogs/test/served/d"));
        Assert.Equal((400, "strconv.ParseInt: parsing \"x\": invalid syntax"), await GetAsync(http, "/containerLogs/test/served/c?tailLines=x"));
        var (code, body) = await GetAsync(http, "/exec/test/served/c?command=true&output=1");
        Assert.Equal(400, code);
        Assert.Contains("Upgrade request required", body);
    }

    [Fact]
    public async Task Callers_without_a_certificate_of_the_cluster_are_turned_away()
    {
        using var stranger = Http(isTrusted: false);

        Assert.Equal((401, "Unauthorized"), await GetAsync(stranger, "/pods"));
        Assert.Equal((401, "Unauthorized"), await GetAsync(stranger, "/exec/test/served/c?command=true&output=1"));
    }

    [Fact]
    public async Task Numbers_of_node_pod_and_container_are_told()
    {
        using var http = Http();
        using var summary = JsonDocument.Parse(await http.GetStringAsync($"https://127.0.0.1:{_port}/stats/summary", Ct));
        var pod = summary.RootElement.GetProperty("pods")[0];

        Assert.Equal("n1", summary.RootElement.GetProperty("node").GetProperty("nodeName").GetString());
        Assert.True(summary.RootElement.GetProperty("node").GetProperty("memory").GetProperty("workingSetBytes").GetInt64() > 0);
        Assert.Equal("served", pod.GetProperty("podRef").GetProperty("name").GetString());
        Assert.True(pod.GetProperty("memory").GetProperty("workingSetBytes").GetInt64() > 0);
        Assert.Equal("c", pod.GetProperty("containers")[0].GetProperty("name").GetString());
        var metrics = await http.GetStringAsync($"https://127.0.0.1:{_port}/metrics/resource", Ct);
        Assert.Contains("container_memory_working_set_bytes{container=\"c\",namespace=\"test\",pod=\"served\"} ", metrics);
        Assert.Contains("\nresource_scrape_error 0\n", metrics);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsOurServer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == _certificates.Server.GetCertHashString();

    private async Task<bool> IsUpAsync(HttpClient http)
    {
        try
        {
            return await http.GetStringAsync($"https://127.0.0.1:{_port}/healthz", Ct) == "ok";
        }
        catch (HttpRequestException)
        {
            return _server.IsFaulted ? throw _server.Exception! : false;
        }
    }

    private async Task<(int Code, string Body)> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync($"https://127.0.0.1:{_port}{path}", Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    private HttpClient Http(bool isTrusted = true)
    {
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsOurServer } };
        if (isTrusted)
            handler.SslOptions.ClientCertificates = [_certificates.ApiServer];
        return new(handler);
    }

    /// <summary>Reads to the end; each message's first byte names its channel.</summary>
    private static async Task<Dictionary<int, string>> DrainAsync(ClientWebSocket socket)
    {
        var channels = new Dictionary<int, StringBuilder>();
        var buffer = new byte[256 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), Ct);
                length += result.Count;
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Close)
                return channels.ToDictionary(c => c.Key, c => c.Value.ToString());
            if (length == 0)
                continue;
            if (!channels.TryGetValue(buffer[0], out var text))
                channels[buffer[0]] = text = new();
            text.Append(Encoding.UTF8.GetString(buffer, 1, length - 1));
        }
    }
}
