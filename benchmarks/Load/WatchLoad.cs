using System.Net;

namespace KubeSharp.Load;

/// <summary>One write seen by 1,000 watchers of a namespace, each a stream of its own; and the same beside watchers that do not read.</summary>
internal static class WatchLoad
{
    private const int Watchers = 1_000;
    private const int Writes = 50;
    private const string Namespace = "bench-watch";
    private const string Path = $"/api/v1/namespaces/{Namespace}/configmaps";
    private static readonly string Filler = new('x', 1024);

    public static async Task RunAsync(Cluster cluster)
    {
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        (await cluster.SendAsync(HttpMethod.Post, Path, Body("0000"))).Dispose();
        await MeasureAsync(cluster, idle: 0, $"one write until all of {Watchers:n0} watchers of its namespace have it");
        await MeasureAsync(cluster, idle: 20, "the same, while 20 other watchers read nothing");
        await cluster.DropNamespaceAsync(Namespace);
    }

    /// <param name="idle">How many watchers never read.</param>
    private static async Task MeasureAsync(Cluster cluster, int idle, string what)
    {
        using var stop = new CancellationTokenSource();
        var (seen, ready) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var connections = Enumerable.Range(0, 20).Select(_ => cluster.Open()).ToList();
        var readers = Enumerable.Range(0, Watchers).Select(i => WatchAsync(connections[i % connections.Count], ready, seen, stop.Token)).ToList();
        for (var i = 0; i < Watchers; i++)
            await ready.WaitAsync();

        using var slow = cluster.Open();
        var unread = await Task.WhenAll(Enumerable.Range(0, idle).Select(_ => slow.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead)));
        var sample = new Sample();
        for (var write = 0; write < Writes; write++)
        {
            var body = Body($"{write:0000}{idle}");
            await sample.TimeAsync(async () =>
            {
                (await cluster.SendAsync(HttpMethod.Put, $"{Path}/seen", body)).Dispose();
                for (var i = 0; i < Watchers; i++)
                    await seen.WaitAsync();
            });
        }

        sample.PrintTimes(what, isWithCpu: true);
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        foreach (var answer in unread)
            answer.Dispose();
        connections.ForEach(c => c.Dispose());
    }

    private static async Task WatchAsync(HttpClient client, SemaphoreSlim ready, SemaphoreSlim seen, CancellationToken ct)
    {
        try
        {
            using var request = Request();
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            // Counts line feeds: what the events say is not the question, and reading it would be most of the load.
            var (buffer, isBegun) = (new byte[4096], false);
            for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
            {
                var lines = buffer.AsSpan(0, read).Count((byte)'\n');
                if (lines > 0 && !isBegun)
                {
                    // The object as it is comes first.
                    isBegun = true;
                    ready.Release();
                    lines--;
                }

                if (lines > 0)
                    seen.Release(lines);
            }
        }
        catch (OperationCanceledException)
        {
            // the measurement is over
        }
    }

    private static HttpRequestMessage Request() => new(HttpMethod.Get, $"{Path}?watch=true&resourceVersion=0") { Version = HttpVersion.Version20 };

    private static string Body(string mark) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"seen"},"data":{"k":"{{{mark}}}{{{Filler}}}"}}""";
}
