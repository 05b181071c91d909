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
}
