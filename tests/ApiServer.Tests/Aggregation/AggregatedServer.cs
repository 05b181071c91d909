using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;
using KubeSharp.Objects.ApiregistrationV1;
using KubeSharp.SampleApiServer;
using Microsoft.AspNetCore.Builder;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>The whole server with its aggregation going, and the sample API server of <c>examples/sample-apiserver</c> behind it.</summary>
internal sealed class AggregatedServer : IAsyncDisposable
{
    public const string ServiceName = "v1." + Documents.Group;
    public const string Greetings = "/apis/" + Documents.ApiVersion + "/namespaces/demo/greetings";
    public const string Condition = "/apis/apiregistration.k8s.io/v1/apiservices/" + ServiceName;
    public const string ProxyName = "front-proxy-client";

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private AggregatedServer(WholeServer whole, TestAuthority proxyAuthority)
    {
        (Whole, ProxyAuthority) = (whole, proxyAuthority);
        _running = whole.Core.Core.Aggregator.RunAsync(_stop.Token);
    }

    public WholeServer Whole { get; }

    public TestServer Core => Whole.Core;

    /// <summary>Signs front proxies.</summary>
    public TestAuthority ProxyAuthority { get; }

    /// <summary>Signs the servers behind.</summary>
    public TestAuthority ServerAuthority { get; } = new();

    public static async Task<AggregatedServer> StartAsync(bool routesToEndpoints = false)
    {
        var authority = new TestAuthority();
        var certificate = authority.IssueTo(ProxyName);
        var proxy = new FrontProxy { ClientCertificate = () => certificate, Authorities = authority.Certificates, AllowedNames = [ProxyName], RoutesToEndpoints = routesToEndpoints };
        return new(await WholeServer.StartAsync(options: new() { FrontProxy = proxy }), authority);
    }

    /// <summary>Starts the sample.</summary>
    /// <param name="port">0 for any.</param>
    public async Task<(WebApplication App, int Port)> SampleAsync(int port = 0)
    {
        var proxies = new FrontProxies(ProxyAuthority.Certificates, [ProxyName], TimeProvider.System);
        var app = GreetingServer.Create(ServerAuthority.Issue("greetings.demo.svc"), proxies, new(IPAddress.Loopback, port), TimeProvider.System);
        await app.StartAsync(Ct);
        return (app, new Uri(app.Urls.First()).Port);
    }

    /// <summary>Registers whatever listens on a port of this machine as the server of the greetings.</summary>
    public async Task RegisterAsync(int port, ReadOnlyMemory<byte>? authorities = null)
    {
        await Core.CreateAsync(new Service { Metadata = new() { Name = "greetings", Namespace = "demo" }, Spec = new() { Type = "ExternalName", ExternalName = "127.0.0.1" } });
        await Core.CreateAsync(ApiService(port, authorities ?? ServerAuthority.Bundle));
    }

    public static APIService ApiService(int port, ReadOnlyMemory<byte> authorities) => new()
    {
        Metadata = new() { Name = ServiceName },
        Spec = new()
        {
            Group = Documents.Group,
            Version = Documents.Version,
            GroupPriorityMinimum = 2000,
            VersionPriority = 15,
            Service = new() { Namespace = "demo", Name = "greetings", Port = port },
            CaBundle = authorities,
        },
    };

    public async Task<(int Code, string Text, HttpResponseMessage Answer)> SendAsync(
        string method, string path, string? body = null, Identity? user = null, string? accept = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(Whole.Http.CreateInProcessHandler(user ?? WholeServer.Admin)) { BaseAddress = new("https://server") };
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await client.SendAsync(request, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer);
    }

    public async Task<(int Code, JsonNode Body)> JsonAsync(string method, string path, string? body = null, Identity? user = null)
    {
        var (code, text, _) = await SendAsync(method, path, body, user);
        return (code, JsonNode.Parse(text)!);
    }

    /// <summary>Reads until what is read is as wanted. The server's clock goes on meanwhile, ten times as fast as ours.</summary>
    public async Task<string> UntilAsync(string path, Func<int, string, bool> isGood, string? accept = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (code, text, _) = await SendAsync("GET", path, accept: accept);
            if (isGood(code, text))
                return text;

            Assert.True(attempt < 3000, $"{path} stays at {code}: {text}");
            Core.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct);
        }
    }

    /// <summary>Waits for a reason of the condition, and for words in its message.</summary>
    /// <returns>Its status and message.</returns>
    public async Task<(string? Status, string? Message)> UntilReasonAsync(string reason, string words = "")
    {
        var text = await UntilAsync(Condition, (code, t) => code == 200 && t.Contains($"\"reason\":\"{reason}\"", StringComparison.Ordinal) && t.Contains(words, StringComparison.Ordinal));
        var condition = JsonNode.Parse(text)!["status"]!["conditions"]!.AsArray().Single()!;
        return ((string?)condition["status"], (string?)condition["message"]);
    }

    /// <summary>The aggregated document's words on the greetings; null if it does not know them.</summary>
    public async Task<(JsonNode? Version, string Tag)> DiscoveredAsync()
    {
        var (_, text, answer) = await SendAsync("GET", "/apis", accept: Documents.Aggregated);
        var group = JsonNode.Parse(text)!["items"]!.AsArray().FirstOrDefault(g => (string?)g!["metadata"]!["name"] == Documents.Group);
        return (group?["versions"]!.AsArray().Single(), answer.Headers.ETag!.Tag);
    }

    public Task UntilFreshAsync(string freshness) => UntilAsync("/apis", (_, t) =>
    {
        var group = JsonNode.Parse(t)!["items"]!.AsArray().FirstOrDefault(g => (string?)g!["metadata"]!["name"] == Documents.Group);
        return (string?)group?["versions"]![0]!["freshness"] == freshness;
    }, Documents.Aggregated);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Whole.DisposeAsync();
        ProxyAuthority.Dispose();
        ServerAuthority.Dispose();
        _stop.Dispose();
    }
}
