using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Tests.CustomResources;

/// <summary>The whole server over a memory store, reached through its HTTP pipeline as an administrator.</summary>
internal sealed class CustomServer : IAsyncDisposable
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private readonly WholeServer _server;

    private CustomServer(WholeServer server) => _server = server;

    public HttpClient Client => _server.Client;

    public TestServer Core => _server.Core;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<CustomServer> StartAsync(IStore? store = null, ApiServerOptions? options = null) => new(await WholeServer.StartAsync(store, options));

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

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
