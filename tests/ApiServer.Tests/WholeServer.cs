using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.InProcess;
using KubeSharp.Store;
using KubeSharp.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests;

/// <summary>The HTTP face over the real core, asked as an administrator.</summary>
internal sealed class WholeServer : IAsyncDisposable
{
    private readonly HttpFace _face;

    private WholeServer(TestServer core, FrontProxy proxy, Func<TimeProvider, Auditor>? audit)
    {
        Core = core;
        _face = new(core.Core, core.Clock, NullLoggerFactory.Instance, parts => parts with
        {
            History = core.Core.History,
            Authenticators = [new RequestHeaderAuthenticator(proxy, core.Clock), .. parts.Authenticators],
            Audit = audit?.Invoke(core.Clock),
            Fairness = core.Core.Fairness,
            InFlight = core.Core.InFlight,
            Checks = core.Core.Checks,
            Collectors = [core.Core.WriteMetrics],
        });
        Client = new(Http.CreateInProcessHandler(Admin)) { BaseAddress = new("https://server") };
    }

    public static Identity Admin { get; } = new("admin", [Identity.Masters, Identity.Authenticated]);

    public TestServer Core { get; }

    public ApiServerHttp Http => _face.Http;

    public HttpClient Client { get; }

    public static async Task<WholeServer> StartAsync(IStore? store = null, ApiServerOptions? options = null, Func<TimeProvider, Auditor>? audit = null) =>
        new(await TestServer.StartAsync(options, store), (options ?? new()).FrontProxy, audit);

    public async Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", string agent = "recorder/1.0", string? accept = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.UserAgent.ParseAdd(agent);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await Client.SendAsync(request, TestServer.Ct);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestServer.Ct))!);
    }

    public Task<(int Code, JsonNode Body)> ApplyAsync(string path, string manager, string body, bool mayForce = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(mayForce ? "&force=true" : "")}", body, "application/apply-patch+yaml");

    /// <summary>A request that no client library would send: nothing about it is checked or put right.</summary>
    /// <param name="user">Null: nobody.</param>
    public async Task<(int Code, string Body)> RawAsync(string method, string path, string query, byte[] body, IReadOnlyDictionary<string, string> headers, Identity? user)
    {
        var answer = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.QueryString = new(query);
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        foreach (var (name, value) in headers)
            context.Request.Headers[name] = value;
        context.Response.Body = answer;
        if (user is not null)
            context.Features.Set(new InProcessIdentity(user));
        await Http.Handler(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _face.Dispose();
        await Core.DisposeAsync();
    }
}
