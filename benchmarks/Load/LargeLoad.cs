using System.Globalization;

namespace KubeSharp.Load;

/// <summary>150,000 objects of 1 KiB: how soon a list of them begins, how long it takes, and what memory they need.</summary>
internal static class LargeLoad
{
    private const int Count = 150_000;
    private const string Namespace = "bench-large";
    private const string Path = $"/api/v1/namespaces/{Namespace}/configmaps";
    private static readonly string Filler = new('x', 1024);

    public static async Task RunAsync(Cluster cluster)
    {
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        var before = Memory();
        var connections = Enumerable.Range(0, 8).Select(_ => cluster.Open()).ToList();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            for (var n = Interlocked.Increment(ref next); n < Count; n = Interlocked.Increment(ref next))
                (await Cluster.SendAsync(connections[i % connections.Count], HttpMethod.Post, Path, Body(n))).Dispose();
        }));

        var (first, whole, bytes) = (new Sample(), new Sample(), 0L);
        for (var run = 0; run < 10; run++)
            bytes = await ListAsync(connections[run % connections.Count], first, whole);
        first.PrintTimes($"list of {Count:n0} ConfigMaps of 1 KiB, until its first byte");
        whole.PrintTimes("the same, until its last");
        if (Memory() is > 0 and var after)
            Table.Row("resident memory of kubesharp with them", $"{after >> 20} MB", $"{before >> 20} MB before; the objects as a list are {bytes >> 20} MB: {(after - before) / (double)bytes:0.0} times that more");
        connections.ForEach(c => c.Dispose());
        await cluster.DropNamespaceAsync(Namespace);
    }

    private static async Task<long> ListAsync(HttpClient client, Sample first, Sample whole)
    {
        var length = 0L;
        await whole.TimeAsync(async () =>
        {
            Stream body = Stream.Null;
            var buffer = new byte[64 * 1024];
            HttpResponseMessage? answer = null;
            await first.TimeAsync(async () =>
            {
                answer = await client.GetAsync(new Uri(Path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                body = await answer.Content.ReadAsStreamAsync();
                length += await body.ReadAsync(buffer);
            });
            for (int read; (read = await body.ReadAsync(buffer)) > 0;)
                length += read;
            answer?.Dispose();
        });
        return length;
    }

    private static string Body(int i) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"l-{{{i}}}"},"data":{"k":"{{{Filler}}}"}}""";

    /// <summary>Of the server, in bytes; 0 if it is not known which process it is.</summary>
    private static long Memory()
    {
        if (Environment.GetEnvironmentVariable("SERVER_PID") is not { Length: > 0 } pid)
            return 0;

        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
