using System.Net;

namespace KubeSharp.Load;

/// <summary>Writes and reads of 1 KiB ConfigMaps over HTTPS.</summary>
internal static class ApiLoad
{
    private const string Namespace = "bench-api";
    private const string Path = $"/api/v1/namespaces/{Namespace}/configmaps";
    private static readonly string Filler = new('x', 1024);

    public static async Task RunAsync(Cluster cluster)
    {
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        foreach (var (clients, count) in new[] { (1, 2_000), (16, 16_000) })
        {
            foreach (var (verb, method, body) in Verbs())
                await MeasureAsync(cluster, clients, count, verb, method, body);
        }

        await ListAsync(cluster);
        await FanOutAsync(cluster);
        await cluster.DropNamespaceAsync(Namespace);
    }

    private static (string, HttpMethod, Func<int, string?>)[] Verbs() =>
    [
        ("create", HttpMethod.Post, Body),
        ("get", HttpMethod.Get, _ => null),
        ("update", HttpMethod.Put, i => Body(i).Replace("xxxx", "yyyy", StringComparison.Ordinal)),
        ("delete", HttpMethod.Delete, _ => null),
    ];

    private static string Body(int i) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m-{{{i}}}"},"data":{"k":"{{{Filler}}}"}}""";

    private static async Task MeasureAsync(Cluster cluster, int clients, int count, string verb, HttpMethod method, Func<int, string?> body)
    {
        var connections = Enumerable.Range(0, clients).Select(_ => cluster.Open()).ToList();
        foreach (var connection in connections)
            (await Cluster.SendAsync(connection, HttpMethod.Get, "/version")).Dispose();

        var next = -1;
        var sample = new Sample();
        await Task.WhenAll(connections.Select(async connection =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var (n, path) = (i, method == HttpMethod.Post ? Path : $"{Path}/m-{i}");
                await sample.TimeAsync(async () => (await Cluster.SendAsync(connection, method, path, body(n))).Dispose());
            }
        }));
        sample.Print($"{verb} 1 KiB ConfigMap, {clients} client{(clients > 1 ? "s" : "")}");
        connections.ForEach(c => c.Dispose());
    }

    private static async Task ListAsync(Cluster cluster)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) => (await cluster.SendAsync(HttpMethod.Post, Path, Body(i))).Dispose());
        var sample = new Sample();
        for (var i = 0; i < 10; i++)
            await sample.TimeAsync(async () => (await cluster.SendAsync(HttpMethod.Get, Path)).Dispose());
        sample.PrintTimes("list 10,000 ConfigMaps of 1 KiB");
    }

    /// <summary>One write seen by 1,000 watchers, each a stream of its own.</summary>
    private static async Task FanOutAsync(Cluster cluster)
    {
        const int Watchers = 1_000;
        const int Writes = 50;
        using var stop = new CancellationTokenSource();
        var seen = new SemaphoreSlim(0);
        var ready = new SemaphoreSlim(0);
        var connections = Enumerable.Range(0, 20).Select(_ => cluster.Open()).ToList();
        var readers = Enumerable.Range(0, Watchers).Select(i => WatchAsync(connections[i % connections.Count], ready, seen, stop.Token)).ToList();
        for (var i = 0; i < Watchers; i++)
            await ready.WaitAsync();

        var sample = new Sample();
        for (var write = 0; write < Writes; write++)
        {
            var body = Body(0).Replace("xxxx", $"{write:0000}", StringComparison.Ordinal);
            await sample.TimeAsync(async () =>
            {
                (await cluster.SendAsync(HttpMethod.Put, $"{Path}/m-0", body)).Dispose();
                for (var i = 0; i < Watchers; i++)
                    await seen.WaitAsync();
            });
        }

        sample.PrintTimes("one write until all of 1,000 watchers have it");
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        connections.ForEach(c => c.Dispose());
    }

    private static async Task WatchAsync(HttpClient client, SemaphoreSlim ready, SemaphoreSlim seen, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}?watch=true&fieldSelector=metadata.name%3Dm-0&resourceVersion=0") { Version = HttpVersion.Version20 };
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
            await reader.ReadLineAsync(ct); // the object as it is
            ready.Release();
            while (await reader.ReadLineAsync(ct) is not null)
                seen.Release();
        }
        catch (OperationCanceledException)
        {
            // the measurement is over
        }
    }
}
