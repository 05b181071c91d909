using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Reviews;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Apply;

/// <summary>The whole server in process: requests go through the HTTP pipeline into the real core.</summary>
internal sealed class WholeServer : IAsyncDisposable
{
    private readonly SigningKey _key;
    private readonly ApiServerHttp _http;
    private readonly HttpClient _client;

    private WholeServer(TestServer core)
    {
        Core = core;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        var objects = core.Core.Objects;
        var tokens = new ServiceAccountTokens([_key], "https://issuer", ["api"], objects, core.Clock);
        var rbac = new RbacAuthorizer(objects);
        _http = new(new()
        {
            Verbs = core.Verbs,
            Subresources = core.Core.Subresources(tokens),
            Authenticators = [tokens],
            Authorizer = rbac,
            Reviews = new AccessReviews(rbac, rbac, tokens),
            Objects = objects,
            Kubelets = new(() => null, []),
            SigningKeys = [_key],
            Clock = core.Clock,
            Logs = NullLoggerFactory.Instance,
        });
        _client = new(_http.CreateInProcessHandler(new("admin", [Identity.Masters, Identity.Authenticated]))) { BaseAddress = new("https://server") };
    }

    public TestServer Core { get; }

    public static async Task<WholeServer> StartAsync() => new(await TestServer.StartAsync());

    public async Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", string agent = "recorder/1.0")
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.UserAgent.ParseAdd(agent);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await _client.SendAsync(request, TestServer.Ct);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestServer.Ct))!);
    }

    public Task<(int Code, JsonNode Body)> ApplyAsync(string path, string manager, string body, bool mayForce = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(mayForce ? "&force=true" : "")}", body, "application/apply-patch+yaml");

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        await Core.DisposeAsync();
        _key.Dispose();
    }
}
