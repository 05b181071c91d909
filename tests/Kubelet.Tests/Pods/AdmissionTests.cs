using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Pods;

public sealed class AdmissionTests
{
    private static readonly Node Node = new()
    {
        Metadata = new() { Name = "node-1", Labels = new Dictionary<string, string> { ["zone"] = "a" } },
        Status = new()
        {
            Allocatable = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("2"), ["memory"] = Quantity.Parse("1Gi"), ["pods"] = Quantity.Parse("3") },
        },
    };

    private readonly Admission _admission = new(() => Node);

    [Fact]
    public void A_full_node_says_what_is_short()
    {
        var big = Asking("cpu", "1500m");
        Assert.Equal("Node didn't have enough resource: cpu, requested: 1500, used: 1500, capacity: 2000", _admission.Check(big, [big])!.Message);
        Assert.Equal("OutOfmemory", _admission.Check(Asking("memory", "2Gi"), [])!.Reason);
        Assert.Equal("OutOfpods", _admission.Check(big, [PodsOf.One("1"), PodsOf.One("2"), PodsOf.One("3")])!.Reason);
        Assert.Null(_admission.Check(Asking("example.com/unknown", "1"), []));
    }

    [Fact]
    public void A_node_selector_must_match()
    {
        var pod = PodsOf.One("p").With(s => s with { NodeSelector = new Dictionary<string, string> { ["no"] = "x" } });
        var failure = _admission.Check(pod, [])!;
        Assert.Equal(("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"), (failure.Reason, failure.Message));
        Assert.Null(_admission.Check(WithAffinity("In", "a"), []));
        Assert.NotNull(_admission.Check(WithAffinity("NotIn", "a"), []));
    }

    [InlineData(8080, "TCP", "", true)]
    [InlineData(8080, "UDP", "", false)]
    [InlineData(8081, "TCP", "", false)]
    [InlineData(8080, "TCP", "192.0.2.1", true)]
    [Theory]
    public void A_host_port_is_given_once(int port, string protocol, string hostIp, bool isTaken)
    {
        var failure = _admission.Check(OnPort(port, protocol, hostIp), [OnPort(8080, "TCP", "")]);
        Assert.Equal(isTaken ? "NodePorts" : null, failure?.Reason);
    }

    [Fact]
    public void Init_containers_count_with_their_peak_and_sidecars_with_all()
    {
        var pod = PodsOf.One("p", Container("cpu", "100m")).With(s => s with
        {
            InitContainers = [Container("cpu", "50m") with { RestartPolicy = "Always" }, Container("cpu", "400m")],
        });
        Assert.Equal(450, PodRequests.Of(pod)["cpu"].MilliValue);
    }

    private static Pod Asking(string resource, string amount) => PodsOf.One("p", Container(resource, amount));

    private static Container Container(string resource, string amount) =>
        PodsOf.Named("web") with { Resources = new() { Requests = new Dictionary<string, Quantity> { [resource] = Quantity.Parse(amount) } } };

    private static Pod OnPort(int port, string protocol, string hostIp) =>
        PodsOf.One("p", PodsOf.Named("web") with { Ports = [new() { ContainerPortValue = 80, HostPort = port, Protocol = protocol, HostIP = hostIp }] });

    private static Pod WithAffinity(string op, string zone) => PodsOf.One("p").With(s => s with
    {
        Affinity = new()
        {
            NodeAffinity = new()
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new()
                {
                    NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "zone", Operator = op, Values = [zone] }] }],
                },
            },
        },
    });
}
