using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Linux.Cgroups;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Resources;

public sealed class PodResourcesTests
{
    private static readonly NodeResources Node = new(Cpus: 2, MemoryBytes: 8L << 30, StorageBytes: 1L << 40, MaxPods: 110);

    /// <summary>Requests and limits as <c>cpu/memory</c>; a container each.</summary>
    public static TheoryData<string, string, string, long, long?, long?, long> Table => new()
    {
        // requests        limits           class         shares  quota     memory     oom of the first container
        { "",              "",              "BestEffort", 2,      null,     null,      1000 },
        { "500m/1Gi",      "500m/1Gi",      "Guaranteed", 512,    50_000,   1L << 30,  -997 },
        { "/",             "1/1Gi",         "Burstable",  2,      100_000,  1L << 30,  999 }, // the API server fills requests in; without it nothing is guaranteed
        { "250m/2Gi",      "",              "Burstable",  256,    -1,       -1,        750 },
        { "100m/",         "5m/",           "Burstable",  102,    1_000,    -1,        999 },
        { "1m/1Mi",        "/64Mi",         "Burstable",  2,      -1,       64L << 20, 999 },
        { "1/8Gi",         "2/8Gi",         "Burstable",  1024,   200_000,  8L << 30,  3 },
        { "100m/,200m/",   "1/,",           "Burstable",  307,    -1,       -1,        999 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Requests_and_limits_decide_class_and_limits(string requests, string limits, string qos, long shares, long? quota, long? memory, long oom)
    {
        var pod = Pod(requests, limits);

        Assert.Equal(qos, PodDemand.ClassOf(pod).ToString());
        var given = PodCgroups.Limits(pod, PodDemand.ClassOf(pod));
        Assert.Equal(new CgroupLimits(shares, quota, memory), given);
        Assert.Equal(oom, OomScore.Wanted(pod, pod.Spec.Containers[0], Node.MemoryBytes));
    }

    [Fact]
    public void A_container_gets_its_own_limits_in_the_kernels_units()
    {
        var pod = Pod("250m/64Mi", "500m/128Mi");

        var given = ContainerResources.Of(pod, pod.Spec.Containers[0], Node, new Dictionary<string, string> { ["memory.oom.group"] = "1" });

        Assert.Equal((256, 100_000, 50_000, 128L << 20), (given.CpuShares, given.CpuPeriod, given.CpuQuota, given.MemoryLimitInBytes));
        Assert.Equal("1", given.Unified["memory.oom.group"]);
        Assert.True(given.OomScoreAdj >= OomScore.Floor);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("memory.oom.group", "memory.oom.group=1")]
    [InlineData("memory.oom.group memory.swap.max", "memory.oom.group=1 memory.swap.max=0")]
    public void Every_container_gets_what_the_kernel_offers_of_v2(string files, string expected)
    {
        var cgroups = new PodCgroups(new FakeCgroups(files.Split(' ')), "/", Node);

        Assert.Equal(expected, string.Join(' ', cgroups.OfEveryContainer().Select(f => $"{f.Key}={f.Value}")));
    }

    [Fact]
    public void A_pod_needs_the_most_of_its_init_containers_or_all_it_runs_together()
    {
        var pod = Pod("100m/,100m/", ",");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                InitContainers =
                [
                    Container("sidecar", "50m/", "") with { RestartPolicy = "Always" },
                    Container("setup", "500m/", ""),
                ],
                Overhead = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("10m") },
            },
        };

        Assert.Equal(Quantity.Parse("560m"), PodDemand.Request(pod, "cpu"));
    }

    [Fact]
    public void The_node_offers_what_upstream_offers_on_the_same_machine()
    {
        // goldens: capacity 264212084Ki and 24684092Ki gave allocatable 24581692Ki of memory
        var node = new NodeResources(2, 24684092L << 10, 264212084L << 10, 110);

        Assert.Equal("24581692Ki", node.Allocatable["memory"].ToString());
        Assert.Equal("264212084Ki", node.Capacity["ephemeral-storage"].ToString());
        Assert.InRange(node.Allocatable["ephemeral-storage"].Value, 240_000_000_000, 245_000_000_000);
    }

    private static Pod Pod(string requests, string limits)
    {
        var (r, l) = (requests.Split(','), limits.Split(','));
        return new() { Spec = new() { Containers = [.. r.Select((text, i) => Container($"c{i}", text, i < l.Length ? l[i] : ""))] } };
    }

    private static Container Container(string name, string requests, string limits) =>
        new() { Name = name, Resources = new() { Requests = List(requests), Limits = List(limits) } };

    private static Dictionary<string, Quantity> List(string text)
    {
        var parts = text.Split('/');
        var list = new Dictionary<string, Quantity>();
        if (parts[0].Length > 0)
            list["cpu"] = Quantity.Parse(parts[0]);
        if (parts.Length > 1 && parts[1].Length > 0)
            list["memory"] = Quantity.Parse(parts[1]);
        return list;
    }
}
