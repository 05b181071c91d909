using System.Globalization;
using System.Text.Json.Nodes;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Tests.Watches;

/// <summary>
/// Runs a program of writes, restarts, compactions and watches against a whole server and a model beside it. What a watch tells must be the
/// model's next event for it, each time; a bookmark must neither go back nor be ahead of an event that is still to come; 410 may be said only
/// of what the server had before it started.
/// </summary>
internal sealed class WatchProgram(Func<Task<IStore>> open) : IAsyncDisposable
{
    private static readonly string[] Namespaces = ["demo", "other"];
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly string[] Colours = ["red", "blue"];
    private static readonly Selection[] Selections = [new("", ""), new("demo", ""), new("other", "red"), new("", "blue")];
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(60);

    private readonly WatchModel _model = new();
    private readonly List<WatchClient> _clients = [];
    private IStore _store = null!;
    private WholeServer _server = null!;
    private long _began;
    private int _writes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task RunAsync(IEnumerable<WatchStep> steps)
    {
        await StartAsync();
        await _server.SendAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"other"}}""");
        foreach (var step in steps)
            await DoAsync(step);

        // Whatever was left unread comes all the same; what a client holds then is what there is.
        for (var i = 0; i < Namespaces.Length * Names.Length; i++)
            await WriteAsync(i, i);
        _server.Core.Clock.Advance(TimeSpan.FromSeconds(61));
        foreach (var client in _clients)
        {
            while (_model.Next(client.Selection, client.After) is not null)
                await ReadAsync(client);
            if (client.Held is { } held)
                Assert.Equal(_model.Selected(client.Selection).Select(o => (o.Key, o.Value)), held.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => (h.Key, h.Value)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _store = await open();
        _began = _store.Revision;
        _server = await WholeServer.StartAsync(_store);
    }

    private async Task DoAsync(WatchStep step)
    {
        var client = _clients.Count > 0 ? _clients[step.What % _clients.Count] : null;
        switch (step.Type)
        {
            case WatchStepType.Write:
                await WriteAsync(step.What, step.Much);
                break;
            case WatchStepType.Delete:
                await DeleteAsync(step.What);
                break;
            case WatchStepType.Other:
                await _server.SendAsync("POST", "/api/v1/namespaces/demo/secrets", """{"metadata":{"generateName":"s"}}""");
                break;
            case WatchStepType.Compact:
                await _store.CompactAsync(_store.Revision - (step.Much % 10), Ct);
                break;
            case WatchStepType.Restart:
                foreach (var c in _clients)
                    await c.DisposeAsync();
                await _server.DisposeAsync();
                await _store.DisposeAsync();
                await StartAsync();
                break;
            case WatchStepType.Tick:
                _server.Core.Clock.Advance(TimeSpan.FromSeconds(61));
                break;
            case WatchStepType.Open:
                var opened = new WatchClient(Selections[step.What % Selections.Length], Math.Max(1, _store.Revision - (step.Much % 12)));
                _clients.Add(opened);
                if (step.Much % 2 == 0)
                    await ListAsync(opened);
                break;
            case WatchStepType.Read when client is not null:
                for (var i = 0; i <= step.Much % 6 && _model.Next(client.Selection, client.After) is not null; i++)
                    await ReadAsync(client);
                break;
            case WatchStepType.Drop when client is not null:
                await client.DisposeAsync(); // it resumes with its next reading
                break;
        }
    }

    private async Task WriteAsync(int what, int much)
    {
        var (ns, name, colour, value) = (Namespaces[what % 2], Names[what / 2 % 3], Colours[much % 2], $"{++_writes}");
        var body = $$"""{"metadata":{"name":"{{name}}","labels":{"colour":"{{colour}}"} },"data":{"v":"{{value}}"} }""";
        var isNew = !_model.Current.ContainsKey($"{ns}/{name}");
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var (code, made) = isNew ? await _server.SendAsync("POST", path, body) : await _server.SendAsync("PUT", $"{path}/{name}", body);
        Assert.True(code == (isNew ? 201 : 200), made.ToJsonString());
        _model.Put(new(ns, name, colour, value, VersionOf(made)));
    }

    private async Task DeleteAsync(int what)
    {
        if (_model.Current.Count == 0)
            return;

        var gone = _model.Current.Values.ElementAt(what % _model.Current.Count);
        var (code, body) = await _server.SendAsync("DELETE", $"/api/v1/namespaces/{gone.Namespace}/configmaps/{gone.Name}");
        Assert.True(code == 200, body.ToJsonString());
        _model.Delete(gone, _store.Revision);
    }

    private async Task ReadAsync(WatchClient client)
    {
        var next = _model.Next(client.Selection, client.After) ?? throw new InvalidOperationException("read only when there is something to read");
        var line = await client.ReadAsync(_server.Client, Ct).WaitAsync(Hopeless, Ct);
        if (line is null)
        {
            await client.DisposeAsync(); // its time was over
            return;
        }

        var change = JsonNode.Parse(line)!;
        var (type, obj) = ((string)change["type"]!, change["object"]!);
        switch (type)
        {
            case "BOOKMARK":
                Assert.InRange(VersionOf(obj), client.After, next.Revision - 1);
                client.After = VersionOf(obj);
                break;
            case "ERROR":
                Assert.Equal((410, "Expired"), ((int)obj["code"]!, (string)obj["reason"]!));
                Assert.InRange(client.After, 0, _began - 1);
                await client.DisposeAsync();
                await ListAsync(client);
                break;
            default:
                Assert.Equal(
                    (next.Type, next.Object.Key, next.Object.Value, next.Revision),
                    (type, $"{obj["metadata"]!["namespace"]}/{obj["metadata"]!["name"]}", (string)obj["data"]!["v"]!, VersionOf(obj)));
                client.After = next.Revision;
                if (type == "DELETED")
                    client.Held?.Remove(next.Object.Key);
                else if (client.Held is not null)
                    client.Held[next.Object.Key] = next.Object.Value;
                break;
        }
    }

    private async Task ListAsync(WatchClient client)
    {
        var (code, list) = await _server.SendAsync("GET", $"{client.Selection.Path}?limit=0{client.Selection.Query}");
        Assert.True(code == 200, list.ToJsonString());
        Assert.Equal(_store.Revision, VersionOf(list));
        client.Held = list["items"]!.AsArray().ToDictionary(i => $"{i!["metadata"]!["namespace"]}/{i["metadata"]!["name"]}", i => (string)i!["data"]!["v"]!);
        Assert.Equal(_model.Selected(client.Selection).Select(o => (o.Key, o.Value)), client.Held.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => (h.Key, h.Value)));
        client.After = VersionOf(list);
    }

    private static long VersionOf(JsonNode obj) => long.Parse((string)obj["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
}
