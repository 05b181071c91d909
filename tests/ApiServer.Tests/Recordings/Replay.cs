using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.InProcess;

namespace KubeSharp.ApiServer.Tests.Recordings;

/// <summary>Sends the requests of a recording to the whole server and holds its answers against the recorded ones.</summary>
/// <remarks>
/// A step may name who asks ("as": a user and its groups, or "nobody"; else an administrator). A request for a watch is opened before all other steps, as the recorder did.
/// In paths and bodies <c>{now}</c> is the newest resource version before the first step. A body of <c>{"filler": n, "object": {…}}</c> is the object with n characters in data.a.
/// A step that "waits" is one in which the server waits by its own clock.
/// </remarks>
internal sealed class Replay : IAsyncDisposable
{
    /// <summary>The headers that are part of the contract, besides content-type.</summary>
    private static readonly string[] Compared = ["warning", "retry-after", "allow", "www-authenticate"];

    /// <summary>An event that does not come within this time will not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Longer than any watch of a recording lasts. The last bookmark comes when it ends.</summary>
    private static readonly TimeSpan WatchEnd = TimeSpan.FromSeconds(10);

    private readonly WholeServer _server;
    private readonly Dictionary<string, string> _tokens = [];
    private readonly List<HttpMessageInvoker> _clients = [];
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestServer.Ct);
    private string _now = "";

    private Replay(WholeServer server)
    {
        _server = server;
        _patience.CancelAfter(Patience);
    }

    private CancellationToken Ct => _patience.Token;

    public static async Task RunAsync(string folder, string name)
    {
        var recording = await Recording.LoadAsync(folder, name);
        await using var replay = new Replay(await WholeServer.StartAsync());
        await replay._server.Core.Core.BootstrapAsync(TestServer.Ct);
        await replay.RunAsync(recording);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        _patience.Dispose();
        await _server.DisposeAsync();
    }

    private async Task RunAsync(Recording recording)
    {
        foreach (var before in recording.Before)
        {
            using var answer = await SendAsync(before, before);
            Assert.True(answer.IsSuccessStatusCode, $"{before["method"]} {before["path"]}: {await answer.Content.ReadAsStringAsync(Ct)}");
        }

        _now = (string)(await _server.SendAsync("GET", "/api/v1/namespaces?limit=1")).Body["metadata"]!["resourceVersion"]!;
        var watches = recording.Steps.Where(IsWatch).ToList();
        var open = new List<HttpResponseMessage>();
        foreach (var step in watches)
            open.Add(await SendAsync(step["request"]!, step));

        foreach (var step in recording.Steps.Where(s => !IsWatch(s)))
        {
            using var answer = await SendAsync(step["request"]!, step);
            await CompareAsync(step, answer);
        }

        foreach (var (step, answer) in watches.Zip(open))
        {
            using (answer)
                await CompareEventsAsync(step, answer);
        }
    }

    private static bool IsWatch(JsonNode step) => step["response"]!.AsObject().ContainsKey("events");

    /// <param name="who">Holds "as".</param>
    private async Task<HttpResponseMessage> SendAsync(JsonNode request, JsonNode who)
    {
        using var message = new HttpRequestMessage(new((string)request["method"]!), "https://server" + Filled((string)request["path"]!));
        if (request["body"] is { } body)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Filled(BodyOf(body))));
        foreach (var (name, value) in request["headers"]?.AsObject() ?? [])
        {
            if (!name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                message.Headers.TryAddWithoutValidation(name, (string?)value);
            else
                message.Content?.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        if (request["headers"] is null)
            message.Content?.Headers.TryAddWithoutValidation("content-type", "application/json");
        var answer = ClientOf(who["as"]).SendAsync(message, Ct);
        while (who["waits"] is not null && !answer.IsCompleted)
        {
            // The server waits by its own clock.
            _server.Core.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await answer;
    }

    private HttpMessageInvoker ClientOf(JsonNode? user)
    {
        var identity = user is JsonObject ? new Identity((string)user["user"]!, [.. user["groups"]!.AsArray().Select(g => (string)g!)]) : WholeServer.Admin;
        var client = new HttpMessageInvoker(new InProcessHandler(
            context =>
            {
                if (user is JsonValue) // nobody: what the request itself carries decides
                    context.Features.Set<InProcessIdentity>(null);
                return _server.Http.Handler(context);
            },
            identity));
        _clients.Add(client);
        return client;
    }

    private static string BodyOf(JsonNode body)
    {
        if (body is JsonValue text)
            return (string)text!;
        if (body is not JsonObject || body["filler"] is not { } length)
            return body.ToJsonString();

        var filled = body["object"]!.DeepClone();
        filled["data"] = new JsonObject { ["a"] = new string('x', (int)length) };
        return filled.ToJsonString();
    }

    private string Filled(string text)
    {
        text = text.Replace("{now}", _now, StringComparison.Ordinal);
        foreach (var (recorded, ours) in _tokens)
            text = text.Replace(recorded, Uri.EscapeDataString(ours), StringComparison.Ordinal);
        return text;
    }

    private async Task CompareAsync(JsonNode step, HttpResponseMessage answer)
    {
        var expected = step["response"]!;
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Equal(Shape(step, (int)expected["status"]!, HeadersOf(expected), expected["body"]), Shape(step, (int)answer.StatusCode, HeadersOf(answer), Parsed(text)));

        if ((string?)(expected["body"] as JsonObject)?["metadata"]?["continue"] is { Length: > 0 } token)
            _tokens[token] = (string)JsonNode.Parse(text)!["metadata"]!["continue"]!;
    }

    private static string Shape(JsonNode step, int status, string headers, JsonNode? body) =>
        $"{step["step"]} {step["request"]!["method"]} {step["request"]!["path"]}\n{status}\n{headers}\n{Likeness.Of(body)}";

    private static JsonNode? Parsed(string text)
    {
        if (!text.StartsWith('{'))
            return text;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return text;
        }
    }

    private static string HeadersOf(JsonNode expected)
    {
        var headers = expected["headers"];
        return Headers((string?)headers?["content-type"] ?? "application/json", name => (string?)headers?[name]);
    }

    private static string HeadersOf(HttpResponseMessage answer) =>
        Headers(answer.Content.Headers.ContentType?.ToString() ?? "", name => Values(answer, name));

    private static string? Values(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join('\n', values) : null;

    private static string Headers(string contentType, Func<string, string?> value) =>
        string.Join('\n', Compared.Select(n => (n, v: value(n))).Where(h => h.v is not null).Select(h => $"{h.n}: {h.v}").Prepend($"content-type: {contentType}"));

    private async Task CompareEventsAsync(JsonNode step, HttpResponseMessage answer)
    {
        var expected = step["response"]!;
        Assert.Equal(((int)expected["status"]!, HeadersOf(expected)), ((int)answer.StatusCode, HeadersOf(answer)));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
        var number = 0;
        foreach (var wanted in expected["events"]!.AsArray())
        {
            if ((string?)wanted!["type"] == "BOOKMARK")
                _server.Core.Clock.Advance(WatchEnd);
            var line = await reader.ReadLineAsync(Ct);
            Assert.Equal($"event {number}\n" + Likeness.Of(wanted), $"event {number++}\n" + Likeness.Of(line is null ? null : JsonNode.Parse(line)));
        }

        // The watch ends when its time is over, and nothing more comes.
        var rest = reader.ReadToEndAsync(Ct);
        _server.Core.Clock.Advance(WatchEnd);
        Assert.Equal("", await rest);
    }
}
