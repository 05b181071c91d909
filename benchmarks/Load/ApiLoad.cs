using System.Text;

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
                Measure(cluster, clients, count, verb, method, body);
        }

        await ListAsync(cluster);
        await cluster.DropNamespaceAsync(Namespace);
    }

    private static (string Verb, string Method, Func<int, byte[]> Body)[] Verbs() =>
    [
        ("create", "POST", i => Encoding.ASCII.GetBytes(Body(i))),
        ("get", "GET", _ => []),
        ("update", "PUT", i => Encoding.ASCII.GetBytes(Body(i).Replace("xxxx", "yyyy", StringComparison.Ordinal))),
        ("delete", "DELETE", _ => []),
    ];

    private static string Body(int i) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m-{{{i}}}"},"data":{"k":"{{{Filler}}}"}}""";

    /// <summary>Each client is a thread with a connection, and has one request under way.</summary>
    private static void Measure(Cluster cluster, int clients, int count, string verb, string method, Func<int, byte[]> body)
    {
        var connections = Enumerable.Range(0, clients).Select(_ => cluster.OpenLean()).ToList();
        foreach (var connection in connections)
            connection.Exchange("GET", "/version", []);

        var next = -1;
        var sample = new Sample();
        var threads = connections.Select(connection => new Thread(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var (path, bytes) = (method == "POST" ? Path : $"{Path}/m-{i}", body(i));
                sample.Time(() => connection.Exchange(method, path, bytes));
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
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
}
