using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;

namespace KubeSharp.Scheduler.Tests;

public sealed class InterPodAffinityTests
{
    private readonly ClusterCache _cluster = Make.Cluster(
        Make.Node("a1", zone: "a"), Make.Node("a2", zone: "a"), Make.Node("b1", zone: "b"), Make.Node("nowhere"));

    [Fact]
    public void A_pod_goes_to_the_zone_of_those_it_wants_to_be_near()
    {
        Place(Web("web"), "a1");

        Assert.Equal(["a1", "a2"], Suitable(Wanting("p", near: ["web"]), "node(s) didn't match pod affinity rules"));
    }

    [Fact]
    public void The_first_of_a_group_may_begin_where_there_is_such_a_place()
    {
        Assert.Equal(["a1", "a2", "b1"], Suitable(Wanting("p", near: ["web"]).Labelled("app", "web"), "node(s) didn't match pod affinity rules"));
        Assert.Empty(Suitable(Wanting("q", near: ["web"]), "node(s) didn't match pod affinity rules"));
    }

    [Fact]
    public void A_pod_stays_away_from_those_it_does_not_want_and_from_those_who_do_not_want_it()
    {
        Place(Web("web"), "a1");
        Place(Wanting("loner", far: ["db"]), "b1");

        Assert.Equal(["b1", "nowhere"], Suitable(Wanting("p", far: ["web"]), "node(s) didn't match pod anti-affinity rules"));
        Assert.Equal(["a1", "a2", "nowhere"], Suitable(Make.Pod("q").Labelled("app", "db"), "node(s) didn't satisfy existing pods anti-affinity rules"));
    }

    [Fact]
    public void Only_the_pods_own_namespace_counts_unless_others_are_named()
    {
        var elsewhere = Web("web");
        Place(elsewhere with { Metadata = elsewhere.Metadata with { Namespace = "other" } }, "a1");
        _cluster.SetNamespace("other", new Dictionary<string, string> { ["team"] = "x" });

        Assert.Equal(4, Suitable(Wanting("p", far: ["web"])).Count);
        Assert.Equal(["b1", "nowhere"], Suitable(Wanting("p", far: ["web"], namespaces: new() { MatchLabels = new Dictionary<string, string> { ["team"] = "x" } })));
        Assert.Equal(4, Suitable(Wanting("p", far: ["web"], namespaces: new() { MatchLabels = new Dictionary<string, string> { ["team"] = "y" } })).Count);
    }

    [Fact]
    public void Wishes_of_both_sides_weigh_and_are_stretched_from_worst_to_best()
    {
        Place(Web("web"), "a1");
        var pod = Make.Pod("p").With(s => s with
        {
            Affinity = new()
            {
                PodAffinity = new() { PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = 10, PodAffinityTerm = Term("web", "kubernetes.io/hostname") }] },
                PodAntiAffinity = new() { PreferredDuringSchedulingIgnoredDuringExecution = [new() { Weight = 4, PodAffinityTerm = Term("web", "topology.kubernetes.io/zone") }] },
            },
        }).Info();
        IScore plugin = new InterPodAffinity();
        Assert.True(plugin.TryPrepareScore(pod, _cluster, _cluster.Nodes, out var state));

        long[] scores = [.. new[] { "a1", "a2", "b1" }.Select(n => plugin.Score(pod, _cluster.Node(n)!, state))];
        Assert.Equal([6, -4, 0], scores);
        plugin.Normalize(scores, state);

        Assert.Equal([100, 0, 40], scores);
    }

    private void Place(Pod pod, string node) => _cluster.SetPod(pod.On(node).Info());

    private List<string> Suitable(Pod pod, string? reason = null)
    {
        var plugin = new InterPodAffinity();
        var info = pod.Info();
        var preparation = plugin.Prepare(info, _cluster);
        var verdicts = _cluster.Nodes.ToArray().Select(n => (n.Name, Verdict: preparation.Skips ? Verdict.Ok : plugin.Filter(info, n, preparation.State))).ToList();
        if (reason is not null)
            Assert.All(verdicts.Where(v => !v.Verdict.IsOk), v => Assert.Equal([reason], v.Verdict.Rejection?.Reasons));
        return [.. verdicts.Where(v => v.Verdict.IsOk).Select(v => v.Name).Order(StringComparer.Ordinal)];
    }

    private static Pod Web(string name) => Make.Pod(name).Labelled("app", "web");

    private static Pod Wanting(string name, string[]? near = null, string[]? far = null, LabelSelector? namespaces = null) => Make.Pod(name).With(s => s with
    {
        Affinity = new()
        {
            PodAffinity = near is null ? null : new() { RequiredDuringSchedulingIgnoredDuringExecution = [.. near.Select(a => Term(a) with { NamespaceSelector = namespaces })] },
            PodAntiAffinity = far is null ? null : new() { RequiredDuringSchedulingIgnoredDuringExecution = [.. far.Select(a => Term(a) with { NamespaceSelector = namespaces })] },
        },
    });

    private static PodAffinityTerm Term(string app, string key = "topology.kubernetes.io/zone") => new()
    {
        LabelSelector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = app } },
        TopologyKey = key,
    };
}
