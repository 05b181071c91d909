using System.Net;

namespace KubeSharp.Load;

/// <summary>One write seen by 1,000 watchers of a namespace, each a stream of its own; and the same beside watchers that do not read.</summary>
internal static class WatchLoad
{
    private const int Watchers = 1_000;
    private const int Connections = 20;
    private const int Writes = 50;
    private const string Namespace = "bench-watch";
    private const string Path = $"/api/v1/namespaces/{Namespace}/configmaps";
    private const string Target = $"{Path}?watch=true&resourceVersion=0";
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
        var (seen, ready) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var connections = Enumerable.Range(0, Connections).Select(_ => cluster.OpenLean()).ToList();
        connections.ForEach(c => new Thread(() => Watch(c, ready, seen)) { IsBackground = true }.Start());
        for (var i = 0; i < Connections; i++)
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
                for (var i = 0; i < Connections; i++)
                    await seen.WaitAsync();
            });
        }

        sample.PrintTimes(what, isWithCpu: true);
        foreach (var answer in unread)
            answer.Dispose();
        connections.ForEach(c => c.Dispose());
    }

    /// <summary>Some watchers on a connection of theirs, until it is closed. Told of each round: that all have begun, and then that all have seen one more event.</summary>
    private static void Watch(LeanConnection connection, SemaphoreSlim ready, SemaphoreSlim seen)
    {
        const int count = Watchers / Connections;
        for (var i = 0; i < count; i++)
            connection.Send("GET", Target, []);

        // Counts line feeds: what the events say is not the question, and reading it would be most of the load.
        var (lines, round) = (0, 0);
        try
        {
            for (var status = ""; ;)
            {
                connection.ReadFrame(0, ref status, (_, piece) => lines += piece.Count((byte)'\n'));
                for (; lines >= count; lines -= count)
                    (round++ == 0 ? ready : seen).Release();
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // the measurement is over
        }
    }

    private static HttpRequestMessage Request() => new(HttpMethod.Get, Target) { Version = HttpVersion.Version20 };

    private static string Body(string mark) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"seen"},"data":{"k":"{{{mark}}}{{{Filler}}}"}}""";
}
