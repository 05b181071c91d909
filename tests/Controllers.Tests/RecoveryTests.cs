using KubeSharp.Objects.DiscoveryV1;

namespace KubeSharp.Controllers.Tests;

/// <summary>All controllers at once, with the rights they really have, while the server comes and goes.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Controllers_outlive_their_server_and_go_on_where_they_were()
    {
        await using var cluster = await TestCluster.StartAsync();
        await FakeNodes.AddAsync(cluster, "n1");
        cluster.Run();
        cluster.RunNodes("n1");
        await cluster.AddNamespaceAsync("doomed");
        await cluster.CreateAsync(new Service { Metadata = new() { Name = "web", Namespace = TestCluster.Demo }, Spec = new() { Selector = Make.Labels("web"), Ports = [new() { Port = 80 }] } });
        await cluster.CreateAsync(new Deployment
        {
            Metadata = new() { Name = "web", Namespace = TestCluster.Demo },
            Spec = new() { Replicas = 8, Selector = new() { MatchLabels = Make.Labels("web") }, Template = Make.Template("web") },
        });

        for (var round = 0; round < 3; round++)
        {
            var (seen, goal) = (cluster.Journal.Revision, round + 2);
            await cluster.UntilAsync(() => cluster.Journal.Revision > seen + goal);
            await cluster.StopServerAsync();
            cluster.Clock.Advance(TimeSpan.FromSeconds(2));
            await cluster.StartServerAsync();
            await cluster.UntilAsync(() => cluster.Journal.Revision > seen + goal);
            await UntilAcceptedAsync(() => cluster.PatchAsync<Deployment>("web", $$"""{"spec":{"template":{"metadata":{"annotations":{"round":"{{round}}"} } } } }"""));
        }

        await cluster.DeleteAsync<Namespace>("doomed");
        await cluster.UntilAsync<Deployment>("web", d => d.Status is { AvailableReplicas: 8, UpdatedReplicas: 8, Replicas: 8 } && d.Status.ObservedGeneration == d.Metadata.Generation);
        await cluster.UntilGoneAsync<Namespace>("doomed");
        await cluster.UntilAsync(() => cluster.List<EndpointSlice>().Where(s => s.Metadata.Labels["kubernetes.io/service-name"] == "web").ToList() is [{ Endpoints.Count: 8 }]);
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets is [{ Addresses.Count: 8 }]);

        await cluster.StopServerAsync();
        await cluster.StartServerAsync();
        await cluster.DeleteAsync<Deployment>("web", Propagation.Foreground);
        await cluster.UntilGoneAsync<Deployment>("web");
        await cluster.UntilAsync(() => cluster.List<Pod>().Count == 0 && cluster.List<ReplicaSet>().Count == 0);
        await cluster.UntilAsync<Endpoints>("web", e => e.Subsets.Count == 0);
    }

    private static async Task UntilAcceptedAsync(Func<Task> write)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (ApiException e) when (e.IsConflict)
            {
                // a controller was first
            }
        }
    }
}
