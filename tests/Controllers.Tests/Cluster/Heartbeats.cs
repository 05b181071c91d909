using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>Time as agents live it.</summary>
internal static class Heartbeats
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>Time passes; these nodes are heard, each beat before the next.</summary>
    public static async Task PassAsync(this TestCluster cluster, RunningControllers running, TimeSpan time, params string[] alive)
    {
        var leases = running.Informers.For<Lease>(new ListQuery(Namespace: "kube-node-lease"));
        for (var passed = TimeSpan.Zero; passed < time; passed += Beat)
        {
            cluster.Clock.Advance(Beat);
            foreach (var node in alive)
            {
                await FakeNodes.HeartbeatAsync(cluster, node);
                var renewed = cluster.Find<Lease>(node, "kube-node-lease")?.Spec.RenewTime;
                await cluster.UntilAsync(() => leases.Find(new("kube-node-lease", node))?.Spec.RenewTime == renewed);
            }
        }
    }
}
