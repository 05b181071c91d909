using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;
using NodeAffinity = KubeSharp.Scheduler.Plugins.NodeAffinity;

namespace KubeSharp.Scheduler.Tests;

/// <summary>The expected numbers are upstream's formulas worked out by hand.</summary>
public sealed class ScoreTests
{
    [Fact]
    public void The_emptier_node_suits_better()
    {
        var fit = new NodeResourcesFit();
        var pod = Make.Pod("p", "1", "2Gi").Info();

        Assert.Equal((75 + 75) / 2, fit.Score(pod, Make.Node("n").Info(), null));
        Assert.Equal((25 + 50) / 2, fit.Score(pod, Make.Node("n").Info(Make.Pod("q", "2", "2Gi")), null));
        Assert.Equal((97 + 97) / 2, fit.Score(Make.Pod("p").Info(), Make.Node("n").Info(), null));
    }

    [Fact]
    public void A_node_whose_resources_are_used_evenly_suits_better()
    {
        var balance = new NodeResourcesBalancedAllocation();

        Assert.Equal(100, balance.Score(Make.Pod("p", "1", "2Gi").Info(), Make.Node("n").Info(), null));
        Assert.Equal(62, balance.Score(Make.Pod("p", "3", "").Info(), Make.Node("n").Info(), null));
        Assert.False(balance.TryPrepareScore(Make.Pod("p").Info(), Make.Cluster(), [], out _));
    }

    [Fact]
    public void Fewer_disliked_taints_and_more_preferred_labels_are_scaled_to_a_hundred()
    {
        long[] taints = [0, 1, 4];
        new TaintToleration().Normalize(taints, null);
        long[] labels = [0, 20, 80];
        new NodeAffinity().Normalize(labels, null);

        Assert.Equal([100, 75, 0], taints);
        Assert.Equal([0, 25, 100], labels);
    }

    [Fact]
    public void Preferred_terms_add_their_weights()
    {
        var pod = Make.Pod("p").With(s => s with
        {
            Affinity = new()
            {
                NodeAffinity = new()
                {
                    PreferredDuringSchedulingIgnoredDuringExecution =
                    [
                        new() { Weight = 5, Preference = new() { MatchExpressions = [new() { Key = "kubernetes.io/hostname", Operator = "In", Values = ["n1"] }] } },
                        new() { Weight = 3, Preference = new() { MatchExpressions = [new() { Key = "kubernetes.io/hostname", Operator = "Exists" }] } },
                    ],
                },
            },
        }).Info();

        Assert.Equal([8, 3], new[] { "n1", "n2" }.Select(n => new NodeAffinity().Score(pod, Make.Node(n).Info(), null)));
    }

    [Fact]
    public void An_image_that_is_there_counts_by_its_size_and_by_how_many_nodes_have_it()
    {
        var with = Make.Node("n1");
        with = with with { Status = with.Status with { Images = [new() { Names = ["reg/app:latest"], SizeBytes = 600L << 20 }] } };
        var cluster = Make.Cluster(with, Make.Node("n2"));
        var pod = Make.Pod("p").With(s => s with { Containers = [new() { Name = "c", Image = "reg/app" }] }).Info();
        IScore plugin = new ImageLocality();

        Assert.True(plugin.TryPrepareScore(pod, cluster, [], out var state));

        Assert.Equal(100 * (300 - 23) / (1000 - 23), plugin.Score(pod, cluster.Node("n1")!, state));
        Assert.Equal(0, plugin.Score(pod, cluster.Node("n2")!, state));
        Assert.False(plugin.TryPrepareScore(Make.Pod("other").Info(), cluster, [], out _));
    }
}
