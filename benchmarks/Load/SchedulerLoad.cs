using System.Diagnostics;

namespace KubeSharp.Load;

/// <summary>Pods per second onto nodes that exist only in the API.</summary>
internal static class SchedulerLoad
{
    private const string Namespace = "bench-scheduler";

    public static async Task RunAsync(Cluster cluster)
    {
        foreach (var (nodes, pods) in new[] { (100, 2_000), (5_000, 10_000) })
            await MeasureAsync(cluster, nodes, pods);
    }

    private static async Task MeasureAsync(Cluster cluster, int nodes, int pods)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        await cluster.UntilAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts", list => list.GetProperty("items").GetArrayLength() > 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, nodes), options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Post, "/api/v1/nodes", NodeBody(i))).Dispose());
        await Parallel.ForEachAsync(Enumerable.Range(0, pods), options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Post, $"/api/v1/namespaces/{Namespace}/pods", PodBody(i, gated: true))).Dispose());

        // Gates are lifted by one patch each, so that creating pods is not what is measured … as little as one can from outside.
        var watch = Stopwatch.StartNew();
        var lifting = Parallel.ForEachAsync(Enumerable.Range(0, pods), options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{Namespace}/pods/p-{i}", """{"spec":{"schedulingGates":null}}""", "application/merge-patch+json")).Dispose());
        await cluster.UntilAsync(
            $"/api/v1/namespaces/{Namespace}/pods?limit=1&fieldSelector=spec.nodeName%3D",
            list => list.GetProperty("items").GetArrayLength() == 0, 900);
        await lifting;
        Table.Row($"scheduling {pods:n0} pods on {nodes:n0} nodes", $"{pods / watch.Elapsed.TotalSeconds:0} pods/s", "including the patch that lets each pod in");

        await cluster.DropNamespaceAsync(Namespace);
        await Parallel.ForEachAsync(Enumerable.Range(0, nodes), options, async (i, _) =>
            (await cluster.SendAsync(HttpMethod.Delete, $"/api/v1/nodes/fake-{i}")).Dispose());
    }

    public static string NodeBody(int i) => $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"fake-{{{i}}}","labels":{"kubernetes.io/hostname":"fake-{{{i}}}"} },
         "status":{"capacity":{"cpu":"16","memory":"64Gi","pods":"110"},"allocatable":{"cpu":"16","memory":"64Gi","pods":"110"},
         "conditions":[{"type":"Ready","status":"True","reason":"Fake","message":"a node for measuring"}]} }
        """;

    public static string PodBody(int i, bool gated) => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p-{{{i}}}"},"spec":{"terminationGracePeriodSeconds":0,
         "schedulingGates":[{{{(gated ? """{"name":"bench/wait"}""" : "")}}}],
         "containers":[{"name":"c","image":"hello","resources":{"requests":{"cpu":"100m","memory":"100Mi"} } }] } }
        """;
}
