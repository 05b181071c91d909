using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Streams;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class StreamTests : IAsyncDisposable
{
    private const string Pod = "/api/v1/namespaces/ns/pods/p";
    private readonly FakeKubelet _kubelet;
    private readonly Server _server;
    private Func<string, Stream, Task> _answer = static (_, _) => Task.CompletedTask;

    public StreamTests()
    {
        _kubelet = new((head, stream) => _answer(head, stream));
        _server = new(new(() => _kubelet.Certificate, [_kubelet.Certificate]));
        _server.Objects.Add(new Node
        {
            Metadata = new() { Name = "n" },
            Status = NodeStatus.Empty with
            {
                Addresses = [new() { Type = "Hostname", Address = "n" }, new() { Type = "InternalIP", Address = "127.0.0.1" }],
                DaemonEndpoints = new() { KubeletEndpoint = new() { Port = _kubelet.Port } },
            },
        });
        Add("p", "n", "c");
        Add("two", "n", "a", "b");
        Add("pending", "", "c");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _kubelet.DisposeAsync();
    }

    [Fact]
    public async Task A_log_comes_from_the_kubelet_of_the_pods_node()
    {
        var asked = "";
        _answer = async (head, stream) =>
        {
            asked = head;
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"u8.ToArray(), Ct);
        };
        using var response = await _server.SendAsync("GET", Pod + "/log?tailLines=5&follow=true&container=c");
        Assert.Equal("hello\n", await response.Content.ReadAsStringAsync(Ct));
        Assert.StartsWith("GET /containerLogs/ns/p/c?follow=true&tailLines=5 HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Equal("CN=kubelet", _kubelet.Client);
    }

    [Fact]
    public async Task What_the_kubelet_refuses_is_told_in_its_words()
    {
        const string Why = "container \"c\" in pod \"p\" is waiting to start: ContainerCreating";
        _answer = async (_, stream) => await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 400 Bad Request\r\nContent-Length: {Why.Length}\r\n\r\n{Why}"), Ct);
        var (code, status) = await _server.JsonAsync("GET", Pod + "/log");
        Assert.Equal((400, Why, "BadRequest"), (code, (string?)status["message"], (string?)status["reason"]));
    }

    [Theory]
    [InlineData("two/log", 400, "a container name must be specified for pod two, choose one of: [a b]")]
    [InlineData("two/log?container=x", 400, "container x is not valid for pod two")]
    [InlineData("pending/exec?command=sh", 400, "pod pending does not have a host assigned")]
    [InlineData("none/log", 404, "pods \"none\" not found")]
    [InlineData("p/exec?command=sh", 400, "Upgrade request required")]
    [InlineData("p/log?tailLines=-1", 422, "PodLogOptions \"p\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0")]
    public async Task A_stream_that_cannot_be_is_refused_in_upstreams_words(string path, int code, string message)
    {
        var (actual, status) = await _server.JsonAsync("GET", "/api/v1/namespaces/ns/pods/" + path);
        Assert.Equal((code, message), (actual, (string?)status["message"]));
    }

    [Fact]
    public async Task An_upgraded_connection_is_passed_through_byte_by_byte()
    {
        var asked = "";
        _answer = async (head, stream) =>
        {
            asked = head;
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n"u8.ToArray(), Ct);
            await EchoAsync(stream);
        };
        await using var running = await RunningServer.StartAsync(_server, _kubelet.Certificate);
        await using var client = await running.ConnectAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"POST {Pod}/exec?command=sh&command=-c&stdin=true&stdout=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n"), Ct);
        var answered = await ResponseHead.ReadAsync(client, Ct);
        Assert.Equal((101, "SPDY/3.1", "v4.channel.k8s.io"), (answered.Code, answered.Header("Upgrade"), answered.Header("X-Stream-Protocol-Version")));
        Assert.StartsWith("POST /exec/ns/p/c?input=1&output=1&command=sh&command=-c HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", asked, StringComparison.Ordinal);

        var sent = new byte[300_000];
        new Random(1).NextBytes(sent);
        var writing = client.WriteAsync(sent, Ct).AsTask();
        var got = new byte[sent.Length];
        await client.ReadExactlyAsync(got, Ct);
        await writing;
        Assert.Equal(sent, got);
    }

    [Fact]
    public async Task A_port_forward_tunnel_in_a_WebSocket_is_unwrapped_for_the_kubelet()
    {
        var asked = "";
        _answer = async (head, stream) =>
        {
            asked = head;
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"u8.ToArray(), Ct);
            await EchoAsync(stream);
        };
        await using var running = await RunningServer.StartAsync(_server, _kubelet.Certificate);
        // .NET's own client takes no slash in a sub-protocol, so the handshake is by hand.
        await using var client = await running.ConnectAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"GET {Pod}/portforward?ports=80 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n"), Ct);
        var answered = await ResponseHead.ReadAsync(client, Ct);
        Assert.Equal((101, "SPDY/3.1+portforward.k8s.io", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (answered.Code, answered.Header("Sec-WebSocket-Protocol"), answered.Header("Sec-WebSocket-Accept")));
        using var socket = WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = false });
        await socket.SendAsync("spdy bytes"u8.ToArray(), WebSocketMessageType.Binary, true, Ct);
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer, Ct);
        Assert.Equal("spdy bytes", Encoding.ASCII.GetString(buffer, 0, got.Count));
        Assert.StartsWith("POST /portForward/ns/p?port=80 HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", WebSocketMessageType.Binary, "hello\n")]
    [InlineData("binary.k8s.io", WebSocketMessageType.Binary, "hello\n")]
    [InlineData("base64.binary.k8s.io", WebSocketMessageType.Text, "aGVsbG8K")]
    public async Task A_log_comes_through_a_WebSocket_as_messages(string protocol, WebSocketMessageType type, string said)
    {
        var asked = "";
        _answer = async (head, stream) =>
        {
            asked = head;
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"u8.ToArray(), Ct);
        };
        await using var running = await RunningServer.StartAsync(_server, _kubelet.Certificate);
        using var socket = await OpenAsync(running, Pod + "/log?follow=true", protocol);
        Assert.Equal(protocol.Length > 0 ? protocol : null, socket.SubProtocol);

        var buffer = new byte[100];
        var first = await socket.ReceiveAsync(buffer, Ct);
        Assert.Equal((type, 0), (first.MessageType, first.Count));
        var second = await socket.ReceiveAsync(buffer, Ct);
        Assert.Equal((type, said), (second.MessageType, Encoding.ASCII.GetString(buffer, 0, second.Count)));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer, Ct)).MessageType);
        Assert.StartsWith("GET /containerLogs/ns/p/c?follow=true HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("WebSocket", asked, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_WebSocket_of_another_protocol_gets_no_log()
    {
        _answer = async (_, stream) => await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Ct);
        await using var running = await RunningServer.StartAsync(_server, _kubelet.Certificate);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(running, Pod + "/log", "v5.channel.k8s.io"));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_TLS_a_client_without_credential_gets_401_and_a_watch_ends_with_the_server()
    {
        var running = await RunningServer.StartAsync(_server, _kubelet.Certificate);
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using var client = new HttpClient(handler) { BaseAddress = new($"https://127.0.0.1:{running.Port}"), DefaultRequestVersion = HttpVersion.Version20 };
        using var refused = await client.GetAsync(new Uri("/api/v1/pods", UriKind.Relative), Ct);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpVersion.Version20), (refused.StatusCode, refused.Version));
        Assert.Equal("Unauthorized", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Ct))!["message"]);

        client.DefaultRequestHeaders.Authorization = new("Bearer", "admin");
        using var watch = await client.GetAsync(new Uri("/api/v1/pods?watch=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, watch.StatusCode);
        await running.DisposeAsync();
        Assert.Equal("", await watch.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<ClientWebSocket> OpenAsync(RunningServer running, string path, string protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        if (protocol.Length > 0)
            socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(new($"wss://127.0.0.1:{running.Port}{path}"), Ct);
        return socket;
    }

    private static async Task EchoAsync(Stream stream)
    {
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, Ct) is > 0 and var read)
            await stream.WriteAsync(buffer.AsMemory(0, read), Ct);
    }

    private void Add(string name, string node, params string[] containers) => _server.Objects.Add(new Pod
    {
        Metadata = new() { Name = name, Namespace = "ns" },
        Spec = PodSpec.Empty with { NodeName = node, Containers = [.. containers.Select(c => new Container { Name = c })] },
    });

    private sealed class RunningServer(Task run, CancellationTokenSource stop, int port) : IAsyncDisposable
    {
        public int Port => port;

        public static async Task<RunningServer> StartAsync(Server server, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
        {
            var stop = new CancellationTokenSource();
            var bound = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
            var run = server.Http.RunAsync(new(IPAddress.Loopback, 0), () => certificate, bound.SetResult, stop.Token);
            if (await Task.WhenAny(run, bound.Task) == run)
                await run;
            return new(run, stop, (await bound.Task).Port);
        }

        public async Task<SslStream> ConnectAsync()
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port, Ct);
            var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1" }, Ct);
            return tls;
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run;
        }
    }
}
