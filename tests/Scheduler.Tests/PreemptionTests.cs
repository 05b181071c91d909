using KubeSharp.Objects.PolicyV1;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Cycle;

namespace KubeSharp.Scheduler.Tests;

public sealed class PreemptionTests
{
    private readonly ClusterCache _cluster = Make.Cluster(Make.Node("n1", cpu: "4"), Make.Node("n2", cpu: "4"));
    private readonly List<PodDisruptionBudget> _budgets = [];

    [Fact]
    public void The_least_important_pods_go_and_no_more_than_needed()
    {
        Place("n1", ("a", "2", 5), ("b", "1", 1), ("c", "1", 2));
        Place("n2", ("d", "4", 7));

        var outcome = Find("2", priority: 10);

        Assert.Equal("n1", outcome.NominatedNode);
        Assert.Equal(["c", "b"], outcome.Plan?.Victims.Select(v => v.Key.Name));
        Assert.Equal(4000, _cluster.Node("n1")!.Requested.MilliCpu);
        Assert.Equal(3, _cluster.Node("n1")!.PodCount);
    }

    [Fact]
    public void Pods_of_the_same_importance_are_left_alone()
    {
        Place("n1", ("a", "4", 10));
        Place("n2", ("b", "4", 11));

        Assert.Equal(
            "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.", Find("2", priority: 10).Message);
    }

    [Fact]
    public void A_budget_is_broken_only_if_nothing_else_helps()
    {
        Place("n1", ("guarded", "4", 1));
        Place("n2", ("free", "4", 5));
        _budgets.Add(new()
        {
            Metadata = new() { Namespace = "ns", Name = "b" },
            Spec = new() { Selector = new() { MatchLabels = new Dictionary<string, string> { ["name"] = "guarded" } } },
            Status = new() { DisruptionsAllowed = 0 },
        });

        Assert.Equal(("n2", 0), (Find("2", priority: 10).NominatedNode, Find("2", priority: 10).Plan?.Violations));
        Assert.Equal(("n1", 1), (Find("2", priority: 3).NominatedNode, Find("2", priority: 3).Plan?.Violations));
    }

    [Fact]
    public void What_no_ones_leaving_would_help_is_not_tried()
    {
        Place("n1", ("a", "4", 1));

        Assert.Equal("preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.", Find("8", priority: 10).Message);
    }

    [Fact]
    public void A_pod_that_never_preempts_or_waits_for_its_victims_already_is_told_so()
    {
        Place("n1", ("a", "4", 1));
        Place("n2", ("b", "4", 10));
        var going = Pod("a", "4", 1).On("n1");
        _cluster.SetPod((going with { Metadata = going.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } }).Info());
        var pod = Pod("preemptor", "2", 10);

        Assert.Equal("preemption: not eligible due to preemptionPolicy=Never.", Find(pod.With(s => s with { PreemptionPolicy = "Never" })).Message);
        var waiting = Find(pod with { Status = pod.Status with { NominatedNodeName = "n1" } });
        Assert.Equal(("preemption: not eligible due to a terminating pod on the nominated node.", "n1"), (waiting.Message, waiting.NominatedNode));
    }

    [Fact]
    public void Room_made_for_a_pod_is_not_given_to_a_lesser_one()
    {
        var search = new NodeSearch(Profiles.Default, new Random(1));
        var nominated = Pod("important", "4", 10);
        _cluster.Nominations.Set(nominated.Info(), "n1");

        Assert.Equal("n2", search.Find(Pod("lesser", "1", 1).Info(), _cluster).Node?.Name);
        Assert.Equal("n1", search.Find((nominated with { Status = nominated.Status with { NominatedNodeName = "n1" } }).Info(), _cluster).Node?.Name);
        Assert.Equal(0, _cluster.Node("n1")!.PodCount);
    }

    private PreemptionOutcome Find(string cpu, int priority) => Find(Pod("preemptor", cpu, priority));

    private PreemptionOutcome Find(Pod preemptor)
    {
        var pod = preemptor.Info();
        var search = new NodeSearch(Profiles.Default, new Random(1));
        return new Preemption(search, new Random(1)).Find(pod, _cluster, search.Find(pod, _cluster).Diagnosis!, _budgets);
    }

    private void Place(string node, params (string Name, string Cpu, int Priority)[] pods)
    {
        foreach (var (name, cpu, priority) in pods)
            _cluster.SetPod(Pod(name, cpu, priority).Labelled("name", name).On(node).Info());
    }

    private static Pod Pod(string name, string cpu, int priority) => Make.Pod(name, cpu).With(s => s with { Priority = priority });
}
