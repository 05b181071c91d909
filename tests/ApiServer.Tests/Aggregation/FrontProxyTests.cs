using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;
using Microsoft.AspNetCore.Builder;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>Over real TLS: front proxies before this server, and an upgraded connection through it.</summary>
public sealed class FrontProxyTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private AggregatedServer _server = null!;
    private WebApplication _sample = null!;
    private Task _listening = Task.CompletedTask;
    private int _port;

    public async ValueTask InitializeAsync()
    {
        _server = await AggregatedServer.StartAsync();
        (_sample, var port) = await _server.SampleAsync();
        await _server.RegisterAsync(port);
        await _server.UntilReasonAsync("Passed");
        var bound = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var certificate = _server.ServerAuthority.Issue();
        _listening = _server.Whole.Http.RunAsync(new(IPAddress.Loopback, 0), () => certificate, bound.SetResult, _stop.Token);
        _port = (await bound.Task.WaitAsync(Ct)).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        await _server.DisposeAsync();
        await _sample.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_front_proxy_says_who_asks_and_anybody_else_only_claims()
    {
        using var certificate = _server.ProxyAuthority.IssueTo(AggregatedServer.ProxyName);
        var (code, text) = await PostAsync(certificate, ("X-Remote-User", "root"), ("X-Remote-Group", "system:masters"), ("X-Remote-Group", "ops"));
        Assert.True(code == HttpStatusCode.Created, text);
        var status = JsonNode.Parse(text)!["status"]!;
        Assert.Equal("root", (string?)status["createdBy"]);
        Assert.Equal(["system:masters", "ops", "system:authenticated"], status["groups"]!.AsArray().Select(g => (string?)g));

        using var otherName = _server.ProxyAuthority.IssueTo("somebody");
        using var otherAuthority = new TestAuthority();
        using var stranger = otherAuthority.IssueTo(AggregatedServer.ProxyName);
        foreach (var untrusted in new[] { otherName, stranger, null })
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(untrusted, ("X-Remote-User", "root"), ("X-Remote-Group", "system:masters"))).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(certificate)).Code);
    }

    [Fact]
    public async Task A_WebSocket_goes_through_to_the_server_behind()
    {
        using var certificate = _server.ProxyAuthority.IssueTo(AggregatedServer.ProxyName);
        using var socket = new ClientWebSocket();
        socket.Options.ClientCertificates.Add(certificate);
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        socket.Options.SetRequestHeader("X-Remote-User", "jane");
        socket.Options.SetRequestHeader("X-Remote-Group", "system:masters");
        await socket.ConnectAsync(new($"wss://127.0.0.1:{_port}{AggregatedServer.Greetings}/a/chat"), Ct);
        foreach (var word in new[] { "one", "two" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(word), WebSocketMessageType.Text, true, Ct);
            var buffer = new byte[100];
            var got = await socket.ReceiveAsync(buffer, Ct);
            Assert.Equal("jane: " + word, Encoding.UTF8.GetString(buffer, 0, got.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Ct);
    }

    private Task<(HttpStatusCode Code, string Text)> PostAsync(X509Certificate2? certificate, params (string Name, string Value)[] headers)
    {
        var name = Guid.NewGuid().ToString("N");
        var raw = $"POST {AggregatedServer.Greetings} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}";
        return RawAsync(certificate, raw, GreetingTests.Greeting("g" + name));
    }

    /// <summary>By hand: .NET's client joins headers of one name, which no front proxy does.</summary>
    private async Task<(HttpStatusCode Code, string Text)> RawAsync(X509Certificate2? certificate, string head, string body)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _port, Ct);
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
        var certificates = new X509CertificateCollection();
        if (certificate is not null)
            certificates.Add(certificate);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", ClientCertificates = certificates }, Ct);
        await tls.WriteAsync(Encoding.UTF8.GetBytes($"{head}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), Ct);
        var answer = await ResponseHead.ReadAsync(tls, Ct);
        using var rest = new MemoryStream();
        var read = new AnswerBody(new(tls), answer, isOfHead: false);
        var buffer = new byte[4096];
        while (await read.ReadAsync(buffer, Ct) is > 0 and var length)
            rest.Write(buffer, 0, length);
        return ((HttpStatusCode)answer.Code, Encoding.UTF8.GetString(rest.ToArray()));
    }
}
