using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;
using KubeSharp.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>The whole server over a memory store, reached through its HTTP pipeline as an administrator.</summary>
internal sealed class CustomServer : IAsyncDisposable
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private readonly TestServer _core;
    private readonly SigningKey _key;
    private readonly ApiServerHttp _http;

    private CustomServer(TestServer core)
    {
        _core = core;
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        var objects = core.Core.Objects;
        var tokens = new ServiceAccountTokens([_key], "https://issuer", ["api"], objects, core.Clock);
        _http = new(new()
        {
            Verbs = core.Verbs,
            Subresources = core.Core.Subresources(tokens),
            Authenticators = [tokens],
            Authorizer = new RbacAuthorizer(objects),
            Objects = objects,
            Kubelets = new(() => null, []),
            SigningKeys = [_key],
            Clock = core.Clock,
            Logs = NullLoggerFactory.Instance,
        });
        Client = new(_http.CreateInProcessHandler(new("admin", [Identity.Masters, Identity.Authenticated]))) { BaseAddress = new("https://server") };
    }

    public HttpClient Client { get; }

    public TestServer Core => _core;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<CustomServer> StartAsync(MemoryStore? store = null) => new(await TestServer.StartAsync(store: store));

    public async Task<HttpResponseMessage> AskAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    public async Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var response = await AskAsync(method, path, body, type, accept);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    public async Task<JsonNode> GoodAsync(string method, string path, string? body = null, string type = "application/json")
    {
        var (code, answer) = await SendAsync(method, path, body, type);
        Assert.True(code is 200 or 201, $"{method} {path}: {code} {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>Creates a definition and waits until it is served, or its names are refused.</summary>
    public async Task<JsonNode> DefineAsync(string definition)
    {
        var made = await GoodAsync("POST", Definitions, definition);
        return await UntilAsync($"{Definitions}/{made["metadata"]!["name"]}", (code, d) => code == 200 && d["status"]!["conditions"]?.AsArray().Any(c => (string?)c!["type"] == "Established") == true);
    }

    /// <summary>Reads until what is read is as wanted; each reading waits for the server to have caught up with its own writes.</summary>
    public async Task<JsonNode> UntilAsync(string path, Func<int, JsonNode, bool> isGood)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (code, answer) = await SendAsync("GET", path);
            if (isGood(code, answer))
                return answer;
            Assert.True(attempt < 2000, $"{path} stays at {code}: {answer.ToJsonString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _http.Dispose();
        await _core.DisposeAsync();
        _key.Dispose();
    }
}
