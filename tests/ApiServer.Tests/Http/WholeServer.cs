using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>The real core behind the real HTTP pipeline, asked as an administrator.</summary>
internal sealed class WholeServer : IAsyncDisposable
{
    private readonly ApiServerHttp _http;
    private readonly HttpClient _client;
    private readonly SigningKey _key;

    private WholeServer(TestServer core)
    {
        Core = core;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        var objects = core.Core.Objects;
        var rbac = new RbacAuthorizer(objects);
        core.Core.Authorizer = rbac;
        _http = new(new()
        {
            Verbs = core.Verbs,
            Subresources = core.Core.Subresources(new ServiceAccountTokens([_key], "https://issuer", ["api"], objects, core.Clock)),
            Authenticators = [],
            Authorizer = rbac,
            Objects = objects,
            Kubelets = new(() => null, []),
            Clock = core.Clock,
            Logs = NullLoggerFactory.Instance,
        });
        _client = new(_http.CreateInProcessHandler(new("admin", [Identity.Masters, Identity.Authenticated]))) { BaseAddress = new("https://server") };
    }

    public TestServer Core { get; }

    public static async Task<WholeServer> StartAsync() => new(await TestServer.StartAsync());

    public async Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await _client.SendAsync(request, TestServer.Ct);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestServer.Ct))!);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        await Core.DisposeAsync();
        _key.Dispose();
    }
}
