using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Reviews;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>The HTTP face over the real core: what a client sees of the whole server.</summary>
public sealed class WholeTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/demo/deployments";
    private TestServer _core = null!;
    private SigningKey _key = null!;
    private ApiServerHttp _http = null!;
    private HttpClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _core = await TestServer.StartAsync();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        _key = SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
        var objects = _core.Core.Objects;
        var tokens = new ServiceAccountTokens([_key], "https://issuer", ["api"], objects, _core.Clock);
        var rbac = new RbacAuthorizer(objects);
        _http = new(new()
        {
            Verbs = _core.Verbs,
            Subresources = _core.Core.Subresources(tokens),
            Authenticators = [tokens],
            Authorizer = rbac,
            Reviews = new AccessReviews(rbac, rbac, tokens),
            Objects = objects,
            Kubelets = new(() => null, []),
            SigningKeys = [_key],
            Clock = _core.Clock,
            Logs = NullLoggerFactory.Instance,
        });
        _client = new(_http.CreateInProcessHandler(new("admin", [Identity.Masters, Identity.Authenticated]))) { BaseAddress = new("https://server") };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        await _core.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task A_deployment_lives_its_life()
    {
        using var watch = await _client.GetAsync(new Uri(Deployments + "?watch=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
        using var events = new StreamReader(await watch.Content.ReadAsStreamAsync(Ct));

        var (code, created) = await SendAsync("POST", Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        Assert.True(code == 201, created.ToJsonString());
        Assert.Equal("ADDED", await NextAsync(events));

        (_, var scale) = await SendAsync("GET", Deployments + "/web/scale");
        Assert.Equal((2, "Scale", "autoscaling/v1"), ((int)scale["spec"]!["replicas"]!, (string?)scale["kind"], (string?)scale["apiVersion"]));
        (code, var scaled) = await SendAsync("PATCH", Deployments + "/web/scale", """{"spec":{"replicas":5}}""", "application/merge-patch+json");
        Assert.True(code == 200, scaled.ToJsonString());
        Assert.Equal("MODIFIED", await NextAsync(events));

        (_, var list) = await SendAsync("GET", Deployments + "?labelSelector=none&limit=5");
        Assert.Empty(list["items"]!.AsArray());
        (_, list) = await SendAsync("GET", "/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dweb");
        Assert.Equal(5, (int)list["items"]![0]!["spec"]!["replicas"]!);

        (code, var gone) = await SendAsync("DELETE", Deployments + "/web");
        Assert.Equal((200, "Success"), (code, (string?)gone["status"]));
        Assert.Equal("DELETED", await NextAsync(events));
        (code, _) = await SendAsync("GET", Deployments + "/web");
        Assert.Equal(404, code);
    }

    [Fact]
    public async Task A_token_of_a_service_account_is_a_credential_that_may_little()
    {
        await SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var (code, issued) = await SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts/robot/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}""");
        Assert.True(code == 201, issued.ToJsonString());

        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/api/v1/namespaces/demo/secrets";
        context.Request.Headers.Authorization = $"Bearer {issued["status"]!["token"]}";
        context.Response.Body = new MemoryStream();
        await _http.Handler(context);
        Assert.Equal(403, context.Response.StatusCode);

        (code, var review) = await SendAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}}""");
        Assert.Equal((201, true, "SelfSubjectAccessReview"), (code, (bool)review["status"]!["allowed"]!, (string?)review["kind"]));
    }

    private async Task<(int Code, JsonNode Body)> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await _client.SendAsync(request, Ct);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    private static async Task<string?> NextAsync(StreamReader events) => (string?)JsonNode.Parse((await events.ReadLineAsync(Ct))!)!["type"];
}
