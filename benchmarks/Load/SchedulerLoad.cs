using System.Diagnostics;
using System.Globalization;

namespace KubeSharp.Load;

/// <summary>Pods per second onto nodes that exist only in the API.</summary>
internal static class SchedulerLoad
{
    private const string Namespace = "bench-scheduler";

    private static readonly ParallelOptions Options = new() { MaxDegreeOfParallelism = 16 };

    /// <summary>Makes nodes and pods, while no scheduler runs.</summary>
    /// <param name="size"><c>NODES:PODS</c></param>
    public static async Task FillAsync(Cluster cluster, string size)
    {
        var (nodes, pods) = Parse(size);
        await UntilAnswersAsync(cluster);
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        await cluster.UntilAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts", list => list.GetProperty("items").GetArrayLength() > 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, nodes), Options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Post, "/api/v1/nodes", NodeBody(i))).Dispose());
        await Parallel.ForEachAsync(Enumerable.Range(0, pods), Options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/pods", PodBody(i))).Dispose());
    }

    /// <summary>Hears of every pod that got its node, from the first to the last.</summary>
    public static async Task MeasureAsync(Cluster cluster, string size)
    {
        var (nodes, pods) = Parse(size);
        await UntilAnswersAsync(cluster);
        var (watch, heard, first, cpu) = (Stopwatch.StartNew(), 0, TimeSpan.Zero, 0.0);
        using var client = cluster.Open();
        using var answer = await client.GetAsync(
            new Uri($"/api/v1/namespaces/{Namespace}/pods?watch=true&resourceVersion=0&fieldSelector=spec.nodeName!%3D", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        while (heard < pods && await body.ReadAsync(buffer) is > 0 and var read)
        {
            if (heard == 0)
                (first, cpu) = (watch.Elapsed, Sample.ServerCpu());
            heard += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        var (spent, share) = ((watch.Elapsed - first).TotalSeconds, (Sample.ServerCpu() - cpu) / pods);
        Table.Row($"scheduling {pods:n0} pods on {nodes:n0} nodes", $"{pods / spent:0} pods/s", $"first to last binding as a watcher sees them; the server's share {share * 1e6:0} µs of CPU a pod; the last {watch.Elapsed.TotalSeconds:0.0} s after the API answered");
    }

    public static async Task DropAsync(Cluster cluster, string size)
    {
        await cluster.DropNamespaceAsync(Namespace);
        await Parallel.ForEachAsync(Enumerable.Range(0, Parse(size).Nodes), Options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Delete, $"/api/v1/nodes/fake-{i}")).Dispose());
    }

    private static (int Nodes, int Pods) Parse(string size)
    {
        var parts = size.Split(':');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static async Task UntilAnswersAsync(Cluster cluster)
    {
        while (true)
        {
            try
            {
                (await cluster.SendAsync(HttpMethod.Get, "/readyz")).Dispose();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
            {
                await Task.Delay(5); // it is starting
            }
        }
    }

    public static string NodeBody(int i) => $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"fake-{{{i}}}","labels":{"kubernetes.io/hostname":"fake-{{{i}}}"} },
         "status":{"capacity":{"cpu":"16","memory":"64Gi","pods":"110"},"allocatable":{"cpu":"16","memory":"64Gi","pods":"110"},
         "conditions":[{"type":"Ready","status":"True","reason":"Fake","message":"a node for measuring"}]} }
        """;

    public static string PodBody(int i) => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p-{{{i}}}"},"spec":{"terminationGracePeriodSeconds":0,
         "containers":[{"name":"c","image":"hello","resources":{"requests":{"cpu":"100m","memory":"100Mi"} } }] } }
        """;
}
