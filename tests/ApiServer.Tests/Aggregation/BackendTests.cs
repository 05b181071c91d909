using System.Collections.Concurrent;
using System.Text;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;
using KubeSharp.Objects.DiscoveryV1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>What goes over the wire to a server behind, and what becomes of one that is not as it should be.</summary>
public sealed class BackendTests : IAsyncLifetime
{
    private const string Own = "/apis/greetings.example.kubesharp.dev/v1";

    private readonly ConcurrentQueue<(string Target, IHeaderDictionary Headers, string Body, string? Client)> _asked = new();
    private AggregatedServer _server = null!;
    private RequestDelegate _answer = static context => context.Response.WriteAsync("fine", context.RequestAborted);

    public async ValueTask InitializeAsync() => _server = await AggregatedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Who_asks_is_what_this_server_found_out_whatever_the_client_says()
    {
        await using var backend = await StartAsync();
        (string, string)[] claims =
        [
            ("X-Remote-User", "root"), ("x-remote-group", "system:masters"), ("X-Remote-Uid", "0"), ("X-Remote-Extra-Scopes", "all"), ("Authorization", "Bearer secret"),
            ("Accept", "application/json"), ("X-Mine", "kept"),
        ];
        var jane = new Authentication.Identity("jäne", ["devs", "a, b", "system:masters"]) { Extra = new Dictionary<string, IReadOnlyList<string>> { ["a/B c"] = ["one", "two"] } };
        var (code, text, _) = await _server.SendAsync("POST", Own + "/namespaces/demo/greetings?x=1&y=%2F", "{}", jane, headers: claims);
        Assert.Equal((200, "fine"), (code, text));

        var (target, headers, body, client) = _asked.Single(a => a.Target.Contains("greetings?", StringComparison.Ordinal));
        Assert.Equal((Own + "/namespaces/demo/greetings?x=1&y=%2F", "{}", "CN=front-proxy-client"), (target, body, client));
        Assert.Equal(["jäne"], headers["X-Remote-User"].ToArray());
        Assert.Equal(["devs", "a, b", "system:masters"], headers["X-Remote-Group"].ToArray());
        Assert.Equal(["one", "two"], headers["X-Remote-Extra-a%2FB%20c"].ToArray());
        Assert.Equal(("", "", "", "kept"), (headers["X-Remote-Uid"].ToString(), headers["X-Remote-Extra-Scopes"].ToString(), headers.Authorization.ToString(), headers["X-Mine"].ToString()));
    }

    [Fact]
    public async Task A_name_with_a_line_break_is_refused()
    {
        await using var backend = await StartAsync();
        var (code, _, _) = await _server.SendAsync("GET", Own + "/greetings", user: new("jane\r\nX-Remote-Group: system:masters", ["system:masters"]));
        Assert.Equal(400, code);
    }

    [Fact]
    public async Task A_path_arrives_as_it_was_authorized()
    {
        await using var backend = await StartAsync();
        await _server.SendAsync("GET", Own + "/namespaces/demo/greetings/a%252F..%252Fb%20c");
        Assert.Contains(_asked, a => a.Target == Own + "/namespaces/demo/greetings/a%252F..%252Fb%20c");
    }

    [Fact]
    public async Task Bodies_of_every_framing_pass_and_connections_are_used_again()
    {
        var connections = new ConcurrentDictionary<string, bool>();
        _answer = async context =>
        {
            connections[context.Connection.Id] = true;
            var body = Encoding.UTF8.GetBytes(new string('x', 300_000));
            if (context.Request.Query.ContainsKey("length"))
                context.Response.ContentLength = body.Length;
            if (context.Request.Query.ContainsKey("empty"))
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            else
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
        };
        await using var backend = await StartAsync();
        connections.Clear();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(300_000, (await _server.SendAsync("GET", Own + "/greetings?length")).Text.Length);
            Assert.Equal(300_000, (await _server.SendAsync("GET", Own + "/greetings?chunked")).Text.Length);
            Assert.Equal(204, (await _server.SendAsync("GET", Own + "/greetings?empty")).Code);
            Assert.Equal("", (await _server.SendAsync("HEAD", Own + "/greetings?length")).Text);
        }

        Assert.InRange(connections.Count, 1, 5); // beside the loops that look after it
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_not_passed_on()
    {
        _answer = static context =>
        {
            context.Response.Redirect("https://elsewhere.example.com/");
            return Task.CompletedTask;
        };
        await using var backend = await StartAsync();
        var (code, text, answer) = await _server.SendAsync("GET", Own + "/greetings");
        Assert.Equal((502, "the backend attempted to redirect this request, which is not permitted", null), (code, text, answer.Headers.Location));
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_talked_to()
    {
        using var other = new TestAuthority();
        await using var backend = await TestBackend.StartAsync(other, AnswerAsync);
        await _server.RegisterAsync(backend.Port);
        var (status, message) = await _server.UntilReasonAsync("FailedDiscoveryCheck");
        Assert.Equal("False", status);
        Assert.EndsWith("x509: certificate is not valid for this name, or signed by unknown authority", message, StringComparison.Ordinal);
        Assert.Equal(503, (await _server.SendAsync("GET", Own + "/greetings")).Code);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Authorities_that_are_none_are_told()
    {
        await _server.RegisterAsync(1, Encoding.ASCII.GetBytes("no certificate"));
        var (_, message) = await _server.UntilReasonAsync("FailedDiscoveryCheck");
        Assert.EndsWith("unable to load root certificates: unable to parse bytes as PEM block", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_is_unavailable_and_holds_up_nothing_else()
    {
        await using var backend = await TestBackend.StartAsync(_server.ServerAuthority, static context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await _server.RegisterAsync(backend.Port);
        Assert.Equal(200, (await _server.JsonAsync("GET", "/apis")).Code);
        var (_, message) = await _server.UntilReasonAsync("FailedDiscoveryCheck");
        Assert.EndsWith("context deadline exceeded (Client.Timeout exceeded while awaiting headers)", message, StringComparison.Ordinal);
        await _server.UntilFreshAsync("Stale");
    }

    [Fact]
    public async Task The_condition_follows_service_and_endpoints()
    {
        await using var routed = await AggregatedServer.StartAsync(routesToEndpoints: true);
        await using var backend = await TestBackend.StartAsync(routed.ServerAuthority, AnswerAsync);
        await routed.Core.CreateAsync(AggregatedServer.ApiService(444, routed.ServerAuthority.Bundle));
        Assert.Equal(("False", "service/greetings in \"demo\" is not present"), await routed.UntilReasonAsync("ServiceNotFound"));

        var service = await routed.Core.CreateAsync(new Service
        {
            Metadata = new() { Name = "greetings", Namespace = "demo" },
            Spec = new() { Type = "ClusterIP", SessionAffinity = "None", Ports = [new() { Name = "https", Port = 443, Protocol = "TCP", TargetPort = 8443 }] },
        });
        Assert.Equal(("False", "service/greetings in \"demo\" is not listening on port 444"), await routed.UntilReasonAsync("ServicePortError"));
        await routed.Core.UpdateAsync(service with { Spec = service.Spec with { Ports = [service.Spec.Ports[0] with { Port = 444 }] } });
        Assert.Equal(("False", "cannot find endpointslices for service/greetings in \"demo\""), await routed.UntilReasonAsync("EndpointsNotFound"));

        await PutAsync(routed, Slice(isReady: false, backend.Port), 0);
        Assert.Equal(("False", "endpointslices for service/greetings in \"demo\" have no addresses with port name \"https\""), await routed.UntilReasonAsync("MissingEndpoints"));
        await PutAsync(routed, Slice(isReady: true, backend.Port), long.Parse((await routed.Core.GetAsync<EndpointSlice>("greetings-x")).Metadata.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(("True", "all checks passed"), await routed.UntilReasonAsync("Passed"));
        Assert.Equal("fine", (await routed.SendAsync("GET", Own + "/greetings")).Text);
    }

    private static EndpointSlice Slice(bool isReady, int port) => new()
    {
        Metadata = new() { Name = "greetings-x", Namespace = "demo", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "greetings" } },
        AddressType = "IPv4",
        Endpoints = [new() { Addresses = ["127.0.0.1"], Conditions = new() { Ready = isReady } }],
        Ports = [new() { Name = "https", Port = port, Protocol = "TCP" }],
    };

    /// <summary>Past validation, which rightly refuses loopback addresses.</summary>
    private static async Task PutAsync(AggregatedServer server, EndpointSlice slice, long expected) =>
        Assert.NotNull(await server.Core.Store.TryPutAsync(server.Core.Of<EndpointSlice>().StorageKey(ObjectKey.Of(slice)), Json.Encode(slice.WithTypeMeta()), expected, Ct));

    private async Task<TestBackend> StartAsync()
    {
        var backend = await TestBackend.StartAsync(_server.ServerAuthority, AnswerAsync);
        await _server.RegisterAsync(backend.Port);
        await _server.UntilReasonAsync("Passed");
        return backend;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target == Own)
        {
            await context.Response.WriteAsync("""{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"greetings.example.kubesharp.dev/v1","resources":[]}""", context.RequestAborted);
            return;
        }

        var copy = new HeaderDictionary();
        foreach (var (name, value) in context.Request.Headers)
            copy[name] = value;
        _asked.Enqueue((target, copy, await body.ReadToEndAsync(context.RequestAborted), context.Connection.ClientCertificate?.Subject));
        await _answer(context);
    }
}
