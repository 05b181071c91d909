using System.Text.Json;

namespace KubeSharp.Load;

/// <summary>From the create of a pod to its status Running, image present.</summary>
internal static class PodLoad
{
    private const string Namespace = "bench-pods";
    private const string Path = $"/api/v1/namespaces/{Namespace}/pods";

    public static async Task RunAsync(Cluster cluster)
    {
        (await cluster.SendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace))).Dispose();
        await cluster.UntilAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts", list => list.GetProperty("items").GetArrayLength() > 0);

        var single = new Sample();
        for (var i = 0; i < 10; i++)
        {
            var name = $"one-{i}";
            await single.TimeAsync(() => StartAsync(cluster, name));
        }

        single.PrintTimes("pod start, one by one");

        var together = new Sample();
        await together.TimeAsync(() => Task.WhenAll(Enumerable.Range(0, 50).Select(i => StartAsync(cluster, $"many-{i}"))));
        together.PrintTimes("50 pods at once, until the last runs");
        await cluster.DropNamespaceAsync(Namespace);
    }

    /// <summary>The bytes of a pod that runs, as the server gives them.</summary>
    public static async Task<byte[]> TypicalAsync(Cluster cluster)
    {
        const string Home = "/api/v1/namespaces/default/pods";
        var body = """{"metadata":{"name":"typical","labels":{"app":"typical","tier":"web"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"hello","env":[{"name":"A","value":"b"}],"ports":[{"containerPort":80}],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"memory":"64Mi"}},"readinessProbe":{"httpGet":{"path":"/","port":80}}}]}}""";
        (await cluster.SendAsync(HttpMethod.Post, Home, body)).Dispose();
        await cluster.UntilAsync($"{Home}/typical", pod => pod.GetProperty("status").TryGetProperty("phase", out JsonElement phase) && phase.GetString() == "Running", 300);
        using var answer = await cluster.SendAsync(HttpMethod.Get, $"{Home}/typical");
        (await cluster.SendAsync(HttpMethod.Delete, $"{Home}/typical")).Dispose();
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task StartAsync(Cluster cluster, string name)
    {
        var body = $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"hello"}]}}""";
        (await cluster.SendAsync(HttpMethod.Post, Path, body)).Dispose();
        await cluster.UntilAsync($"{Path}/{name}", pod =>
            pod.GetProperty("status").TryGetProperty("phase", out JsonElement phase) && phase.GetString() == "Running", 300);
    }
}
