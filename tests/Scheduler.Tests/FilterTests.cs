using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;
using NodeAffinity = KubeSharp.Scheduler.Plugins.NodeAffinity;

namespace KubeSharp.Scheduler.Tests;

public sealed class FilterTests
{
    [Fact]
    public void A_cordoned_node_takes_only_pods_that_tolerate_it()
    {
        var cordoned = Make.Node("n").With(s => s with { Unschedulable = true }).Info();
        var filter = new NodeUnschedulable();

        Assert.Equal("node(s) were unschedulable", Reason(filter.Filter(Make.Pod("p").Info(), cordoned, null)));
        Assert.True(filter.Filter(Make.Pod("p").With(s => s with { Tolerations = [new() { Operator = "Exists" }] }).Info(), cordoned, null).IsOk);
        Assert.True(filter.Filter(Make.Pod("p").Info(), Make.Node("n").Info(), null).IsOk);
    }

    [Theory]
    [InlineData("k", "v", "NoSchedule", "k", "Equal", "v", "", true)]
    [InlineData("k", "v", "NoSchedule", "k", "", "v", "NoSchedule", true)]
    [InlineData("k", "v", "NoSchedule", "k", "Equal", "other", "", false)]
    [InlineData("k", "v", "NoExecute", "k", "Exists", "", "NoSchedule", false)]
    [InlineData("k", "v", "NoExecute", "", "Exists", "", "", true)]
    [InlineData("k", "v", "PreferNoSchedule", "x", "Exists", "", "", true)]
    [InlineData("k", "10", "NoSchedule", "k", "Gt", "5", "", true)]
    [InlineData("k", "3", "NoSchedule", "k", "Gt", "5", "", false)]
    [InlineData("k", "x", "NoSchedule", "k", "Lt", "5", "", false)]
    public void A_taint_keeps_off_whom_it_says(string key, string value, string effect, string tolerated, string op, string toleratedValue, string toleratedEffect, bool fits)
    {
        var node = Make.Node("n").With(s => s with { Taints = [new() { Key = key, Value = value, Effect = effect }] }).Info();
        var pod = Make.Pod("p").With(s => s with { Tolerations = [new() { Key = tolerated, Operator = op, Value = toleratedValue, Effect = toleratedEffect }] }).Info();

        var verdict = new TaintToleration().Filter(pod, node, null);

        Assert.Equal(fits, verdict.IsOk);
        Assert.Equal(fits ? null : "node(s) had untolerated taint(s)", Reason(verdict));
    }

    [Theory]
    [InlineData("zone", "In", "a,b", true)]
    [InlineData("zone", "NotIn", "a", false)]
    [InlineData("zone", "Exists", "", true)]
    [InlineData("other", "DoesNotExist", "", true)]
    [InlineData("other", "NotIn", "a", true)]
    [InlineData("cores", "Gt", "8", true)]
    [InlineData("cores", "Lt", "8", false)]
    public void Node_affinity_matches_labels(string key, string op, string values, bool fits)
    {
        var node = Make.Node("n");
        node = node with { Metadata = node.Metadata with { Labels = new Dictionary<string, string> { ["zone"] = "a", ["cores"] = "16" } } };
        var term = new NodeSelectorTerm { MatchExpressions = [new() { Key = key, Operator = op, Values = values.Length == 0 ? [] : values.Split(',') }] };

        var verdict = new NodeAffinity().Filter(Requiring(term), node.Info(), null);

        Assert.Equal(fits ? null : "node(s) didn't match Pod's node affinity/selector", Reason(verdict));
    }

    [Fact]
    public void One_of_several_terms_is_enough_but_an_empty_one_matches_nothing()
    {
        var filter = new NodeAffinity();
        var byName = new NodeSelectorTerm { MatchFields = [new() { Key = "metadata.name", Operator = "In", Values = ["n1"] }] };

        Assert.True(filter.Filter(Requiring(new(), byName), Make.Node("n1").Info(), null).IsOk);
        Assert.False(filter.Filter(Requiring(new(), byName), Make.Node("n2").Info(), null).IsOk);
        Assert.False(filter.Filter(Requiring(new NodeSelectorTerm()), Make.Node("n1").Info(), null).IsOk);
    }

    [Fact]
    public void A_pod_that_names_its_nodes_has_only_those_looked_at()
    {
        var filter = new NodeAffinity();
        var byName = new NodeSelectorTerm { MatchFields = [new() { Key = "metadata.name", Operator = "In", Values = ["n1"] }] };
        var byOther = new NodeSelectorTerm { MatchFields = [new() { Key = "metadata.name", Operator = "In", Values = ["n2"] }] };
        var both = new NodeSelectorTerm { MatchFields = [.. byName.MatchFields, .. byOther.MatchFields] };

        Assert.Equal(["n1", "n2"], filter.Prepare(Requiring(byName, byOther), Make.Cluster()).NodeNames?.Order());
        Assert.Null(filter.Prepare(Requiring(byName, new NodeSelectorTerm { MatchExpressions = [new() { Key = "a", Operator = "Exists" }] }), Make.Cluster()).NodeNames);
        Assert.False(filter.Prepare(Requiring(both), Make.Cluster()).Verdict.IsOk);
    }

    [Theory]
    [InlineData("", "TCP", 80, false)]
    [InlineData("10.0.0.2", "TCP", 80, true)]
    [InlineData("10.0.0.1", "TCP", 80, false)]
    [InlineData("", "UDP", 80, true)]
    [InlineData("", "TCP", 81, true)]
    public void A_host_port_is_taken_once_per_address_and_protocol(string address, string protocol, int port, bool fits)
    {
        var node = Make.Node("n").Info(WithPort("10.0.0.1", "TCP", 80));

        var verdict = new NodePorts().Filter(WithPort(address, protocol, port).Info(), node, null);

        Assert.Equal(fits ? null : "node(s) didn't have free ports for the requested pod ports", Reason(verdict));
    }

    [Theory]
    [InlineData("1", "1Gi", "", true)]
    [InlineData("3", "1Gi", "Insufficient cpu", true)]
    [InlineData("3", "7Gi", "Insufficient cpu, Insufficient memory", true)]
    [InlineData("5", "1Gi", "Insufficient cpu", false)]
    public void A_pod_fits_where_enough_is_left(string cpu, string memory, string reasons, bool isResolvable)
    {
        var node = Make.Node("n", cpu: "4", memory: "8Gi").Info(Make.Pod("there", "2", "2Gi"));

        var verdict = new NodeResourcesFit().Filter(Make.Pod("p", cpu, memory).Info(), node, null);

        Assert.Equal(reasons, string.Join(", ", verdict.Rejection?.Reasons ?? []));
        Assert.Equal(isResolvable, verdict.Rejection?.IsResolvable ?? true);
    }

    [Fact]
    public void A_node_takes_so_many_pods_and_so_much_of_anything()
    {
        var node = Make.Node("n", pods: "1");
        node = node with { Status = node.Status with { Allocatable = new Dictionary<string, Quantity>(node.Status.Allocatable) { ["x.io/gpu"] = Quantity.Parse("2") } } };
        var filter = new NodeResourcesFit();

        Assert.Equal(["Too many pods"], filter.Filter(Make.Pod("p").Info(), node.Info(Make.Pod("q")), null).Rejection?.Reasons);
        Assert.True(filter.Filter(WithGpus("2").Info(), node.Info(), null).IsOk);
        Assert.Equal(["Too many pods", "Insufficient x.io/gpu"], filter.Filter(WithGpus("1").Info(), node.Info(WithGpus("2")), null).Rejection?.Reasons);
        Assert.False(filter.Filter(WithGpus("3").Info(), node.Info(), null).Rejection?.IsResolvable);
    }

    [Fact]
    public void A_pod_asks_for_its_containers_together_or_its_largest_init_container_with_the_sidecars_before_it()
    {
        var pod = Make.Pod("p").With(s => s with
        {
            Overhead = Make.Amounts("10m", ""),
            Containers = [Container("a", "100m"), Container("b", "200m")],
            InitContainers = [Container("i1", "350m"), Container("side", "50m") with { RestartPolicy = "Always" }, Container("i2", "320m")],
        });

        // 100 + 200 + 50 = 350 while running; 320 + 50 = 370 while i2 runs; and the overhead.
        Assert.Equal(380, PodRequests.Of(pod, assumed: false).MilliCpu);
        Assert.Equal(3 * PodRequests.AssumedMemory, PodRequests.Of(pod, assumed: true).Memory);
    }

    private static Container Container(string name, string cpu) => new() { Name = name, Resources = new() { Requests = Make.Amounts(cpu, "") } };

    private static PodInfo Requiring(params NodeSelectorTerm[] terms) => Make.Pod("p").With(s => s with
    {
        Affinity = new() { NodeAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = new() { NodeSelectorTerms = terms } } },
    }).Info();

    private static Pod WithPort(string address, string protocol, int port) => Make.Pod($"port-{port}").With(s => s with
    {
        Containers = [new() { Name = "c", Ports = [new() { HostIP = address, Protocol = protocol, HostPort = port, ContainerPortValue = port }] }],
    });

    private static Pod WithGpus(string count) => Make.Pod("gpu-" + count).With(s => s with
    {
        Containers = [new() { Name = "c", Resources = new() { Requests = new Dictionary<string, Quantity> { ["x.io/gpu"] = Quantity.Parse(count) } } }],
    });

    private static string? Reason(Verdict verdict) => verdict.Rejection?.Reasons.Single();
}
