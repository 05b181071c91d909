using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Tests;

/// <summary>Small pods and nodes for tests.</summary>
internal static class Make
{
    public static Pod Pod(string name, string cpu = "", string memory = "", string uid = "") => new()
    {
        Kind = "Pod",
        ApiVersion = "v1",
        Metadata = new() { Namespace = "ns", Name = name, Uid = uid.Length > 0 ? uid : "uid-" + name, Generation = 1 },
        Spec = new() { SchedulerName = "default-scheduler", Containers = [new() { Name = "c", Resources = new() { Requests = Amounts(cpu, memory) } }] },
    };

    public static Pod On(this Pod pod, string node) => pod with { Spec = pod.Spec with { NodeName = node } };

    public static Pod With(this Pod pod, Func<PodSpec, PodSpec> change) =>
        pod with { Metadata = pod.Metadata with { Generation = pod.Metadata.Generation + 1 }, Spec = change(pod.Spec) };

    public static Pod Labelled(this Pod pod, string key, string value) =>
        pod with { Metadata = pod.Metadata with { Labels = new Dictionary<string, string> { [key] = value } } };

    public static Node Node(string name, string cpu = "4", string memory = "8Gi", string pods = "110", string zone = "") => new()
    {
        Kind = "Node",
        ApiVersion = "v1",
        Metadata = new()
        {
            Name = name,
            Labels = zone.Length == 0
                ? new Dictionary<string, string> { ["kubernetes.io/hostname"] = name }
                : new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["topology.kubernetes.io/zone"] = zone },
        },
        Status = new() { Allocatable = new Dictionary<string, Quantity>(Amounts(cpu, memory)) { ["pods"] = Quantity.Parse(pods) } },
    };

    public static Node With(this Node node, Func<NodeSpec, NodeSpec> change) => node with { Spec = change(node.Spec) };

    public static PodInfo Info(this Pod pod) => new(pod);

    /// <summary>A node with these pods on it.</summary>
    public static NodeInfo Info(this Node node, params Pod[] pods)
    {
        var info = new NodeInfo(node.Metadata.Name);
        info.Set(node);
        foreach (var pod in pods)
            info.Add(new(pod));
        return info;
    }

    public static ClusterCache Cluster(params Node[] nodes)
    {
        var cluster = new ClusterCache();
        foreach (var node in nodes)
            cluster.SetNode(node);
        return cluster;
    }

    public static Dictionary<string, Quantity> Amounts(string cpu, string memory)
    {
        var amounts = new Dictionary<string, Quantity>();
        if (cpu.Length > 0)
            amounts["cpu"] = Quantity.Parse(cpu);
        if (memory.Length > 0)
            amounts["memory"] = Quantity.Parse(memory);
        return amounts;
    }
}
