using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Scheduler;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Cycle;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Load;

/// <summary>What the scheduler itself needs for a pod on 5,000 nodes: no API, no binding.</summary>
internal static class DecisionLoad
{
    private const int Nodes = 5_000;
    private const int Pods = 10_000;

    public static void Run()
    {
        var pods = Enumerable.Range(0, Pods).Select(i => Json.Decode<Pod>(System.Text.Encoding.UTF8.GetBytes(SchedulerLoad.PodBody(i)))).ToArray();
        var nodes = Enumerable.Range(0, Nodes).Select(i => Json.Decode<Node>(System.Text.Encoding.UTF8.GetBytes(SchedulerLoad.NodeBody(i)))).ToArray();
        Parts.Measure($"scheduler: reading what a pod wants", () => pods.Select(p => new PodInfo(p)).Count());
        Parts.Measure($"scheduler: deciding on a node of {Nodes:n0} and taking its room", () => Decide(pods, nodes));
        var spread = Array.ConvertAll(pods, Spread);
        Parts.Measure($"the same for pods that spread over the nodes, 1,000 of them", () => Decide(spread[..1000], nodes));
    }

    private static int Decide(Pod[] pods, Node[] nodes)
    {
        var cache = new ClusterCache();
        foreach (var node in nodes)
            cache.SetNode(node);
        var search = new NodeSearch(Profiles.Default, new Random(1));
        foreach (var pod in pods)
        {
            var info = new PodInfo(pod);
            cache.Assume(info, search.Find(info, cache).Node!);
        }

        return pods.Length;
    }

    private static Pod Spread(Pod pod) => pod with
    {
        Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { ["app"] = "a" } },
        Spec = pod.Spec with
        {
            TopologySpreadConstraints = [new() { MaxSkew = 5, TopologyKey = "kubernetes.io/hostname", WhenUnsatisfiable = "DoNotSchedule", LabelSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "a" } } }],
        },
    };
}
