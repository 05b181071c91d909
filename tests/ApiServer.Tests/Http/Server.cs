using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>The HTTP face over <see cref="FakeVerbs"/>: reached in process, as an administrator unless said otherwise.</summary>
internal sealed class Server : IDisposable
{
    public Server(KubeletConnection? kubelets = null)
    {
        Parts = new()
        {
            Verbs = Verbs,
            Authenticators = [new Tokens()],
            Authorizer = new Rules(),
            Objects = Objects,
            Kubelets = kubelets ?? new(() => null, []),
            Checks = [new("etcd", _ => new(StoreFault))],
            Clock = Clock,
            Logs = NullLoggerFactory.Instance,
        };
        Http = new(Parts);
        Client = new(Http.CreateInProcessHandler(new("admin", [Identity.Masters]))) { BaseAddress = new("https://server") };
    }

    public FakeVerbs Verbs { get; } = new();

    public FakeObjects Objects { get; } = new();

    public FakeTimeProvider Clock { get; } = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public ApiServerParts Parts { get; }

    public ApiServerHttp Http { get; }

    public HttpClient Client { get; }

    public string? StoreFault { get; set; }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type.Length > 0)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async Task<(int Code, JsonNode Body)> JsonAsync(string method, string path, string? body = null, string type = "application/json", string? accept = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, type, accept, headers);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    /// <summary>A client whose requests carry no identity but what their headers prove.</summary>
    public async Task<(int Code, string Text)> FromOutsideAsync(string path, string? token = null)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        if (token is not null)
            context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token).ToString();
        await Http.Handler(context);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    public void Dispose()
    {
        Client.Dispose();
        Http.Dispose();
    }

    private sealed class Tokens : IAuthenticator
    {
        public ValueTask<Identity?> AuthenticateAsync(HttpContext context, CancellationToken ct) => context.Request.Headers.Authorization.ToString() switch
        {
            "" => new((Identity?)null),
            "Bearer admin" => new(new Identity("admin", [Identity.Masters])),
            "Bearer jane" => new(new Identity("jane", [Identity.Authenticated])),
            _ => throw ApiException.Unauthorized(),
        };
    }

    /// <summary>Masters may everything, others look at the server's health.</summary>
    private sealed class Rules : IAuthorizer
    {
        public ValueTask<Decision> AuthorizeAsync(AccessRequest request, CancellationToken ct) => new(
            request.User.Groups.Contains(Identity.Masters) || request.Path is "/healthz" or "/version" or "/livez" or "/readyz" ? Decision.Allow("") : Decision.NoOpinion);
    }
}
