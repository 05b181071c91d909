using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Probes;

/// <summary>Against real sockets of this machine; the texts are those of the recorded events of a real node.</summary>
public sealed class NetworkProbersTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly HttpProber _http = new(TimeProvider.System);

    public NetworkProbersTests() => _server.Start();

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    [InlineData("200 OK", "", ProbeResult.Success, "hello")]
    [InlineData("399 Odd", "", ProbeResult.Success, "hello")]
    [InlineData("404 Not Found", "", ProbeResult.Failure, "HTTP probe failed with statuscode: 404")]
    [InlineData("500 Oops", "", ProbeResult.Failure, "HTTP probe failed with statuscode: 500")]
    [InlineData("302 Found", "Location: http://elsewhere.example.com/\r\n", ProbeResult.Warning, "Probe terminated redirects, Response body: hello")]
    [Theory]
    public async Task An_answer_is_judged_by_its_status(string status, string header, object result, string output)
    {
        var ct = TestContext.Current.CancellationToken;
        var answering = AnswerAsync($"HTTP/1.1 {status}\r\n{header}Content-Length: 5\r\nConnection: close\r\n\r\nhello", ct);

        var outcome = await _http.ProbeAsync(new Uri($"http://127.0.0.1:{Port}/x"), [new() { Name = "X-Test", Value = "1" }], Timeout, ct);

        Assert.Equal(new ProbeOutcome((ProbeResult)result, output), outcome);
        var request = await answering;
        Assert.StartsWith("GET /x HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("User-Agent: kube-probe/1.36\r\n", request, StringComparison.Ordinal);
        Assert.Contains("X-Test: 1\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_reads_as_people_know_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var port = Port;
        _server.Stop();

        var http = await _http.ProbeAsync(new Uri($"http://127.0.0.1:{port}/r"), [], Timeout, ct);
        var tcp = await new TcpProber(TimeProvider.System).ProbeAsync("127.0.0.1", port, Timeout, ct);

        Assert.Equal(ProbeOutcome.Failure($"Get \"http://127.0.0.1:{port}/r\": dial tcp 127.0.0.1:{port}: connect: connection refused"), http);
        Assert.Equal(ProbeOutcome.Failure($"dial tcp 127.0.0.1:{port}: connect: connection refused"), tcp);
    }

    [Fact]
    public async Task An_open_port_is_enough_for_tcp() =>
        Assert.True((await new TcpProber(TimeProvider.System).ProbeAsync("127.0.0.1", Port, Timeout, TestContext.Current.CancellationToken)).IsSuccess);

    [Fact]
    public void A_port_may_be_named()
    {
        var web = new Container { Ports = [new() { Name = "http", ContainerPortValue = 8080 }] };

        Assert.Equal(8080, ProbeTarget.PortOf("http", web));
        Assert.Equal(81, ProbeTarget.PortOf(81, web));
        Assert.Null(ProbeTarget.PortOf("none", web));
        Assert.Equal("http://[fd00::1]:80/x?y=1", HttpProber.UriOf(new() { Path = "x?y=1" }, "fd00::1", 80).ToString().Replace("]/", "]:80/", StringComparison.Ordinal));
    }

    private async Task<string> AnswerAsync(string answer, CancellationToken ct)
    {
        using var client = await _server.AcceptTcpClientAsync(ct);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, ct)));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), ct);
        return request.ToString();
    }
}
