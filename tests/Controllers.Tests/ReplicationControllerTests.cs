using System.Text.Json.Nodes;
using KubeSharp.Controllers.Tests.Recordings;

namespace KubeSharp.Controllers.Tests;

/// <summary>The controller is the ReplicaSets'; here is what the older kind has of its own, and that the two do not take each other's pods.</summary>
public sealed class ReplicationControllerTests
{
    [Fact]
    public async Task One_comes_to_rest_where_upstreams_did()
    {
        var recording = new Recording("replicationcontroller");
        await using var cluster = await TestCluster.StartAsync(Names.ReplicationController);
        await cluster.AddNamespaceAsync("golden-ctl");
        cluster.RunNodes("ref-1");

        Assert.Equal("ReplicationController", (string?)(await recording.ReplayAsync(cluster, "create"))["kind"]);

        var expected = recording.Step("available").Body["status"]!.ToJsonString();
        var rests = await cluster.UntilAsync<ReplicationController>("rc", c => Field(c, "status") == expected, "golden-ctl");
        var recorded = recording.Step("pods").Body["items"]![0]!;
        var pod = Assert.Single(cluster.List<Pod>("golden-ctl"));
        Assert.Equal((string?)recorded["metadata"]!["generateName"], pod.Metadata.GenerateName);
        var owner = recorded["metadata"]!["ownerReferences"]![0]!.AsObject();
        owner["uid"] = rests.Metadata.Uid;
        Assert.Equal(owner.ToJsonString(), System.Text.Encoding.UTF8.GetString(Json.Encode(Assert.Single(pod.Metadata.OwnerReferences))));
        var told = recording.Step("events of ReplicationController rc").Body["items"]![0]!;
        await cluster.UntilAsync(() => cluster.List<Event>("golden-ctl").Count == 1);
        var ours = Assert.Single(cluster.List<Event>("golden-ctl"));
        Assert.Equal(
            ((string?)told["type"], (string?)told["reason"], (string?)told["source"]!["component"], $"Created pod: {pod.Metadata.Name}"),
            (ours.Type, ours.Reason, ours.Source.Component, ours.Message));
    }

    [Fact]
    public async Task It_follows_its_scale()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicationController);
        cluster.RunNodes("n1");
        await cluster.CreateAsync(Make.ReplicationController("web", 2));
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status.AvailableReplicas == 2);

        await cluster.SendAsync(HttpMethod.Patch, Scale, JsonNode.Parse("""{"spec":{"replicas":5}}"""), "application/merge-patch+json");
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status is { AvailableReplicas: 5, ObservedGeneration: 2 });
        await cluster.SendAsync(HttpMethod.Patch, Scale, JsonNode.Parse("""{"spec":{"replicas":1}}"""), "application/merge-patch+json");
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status is { Replicas: 1, ObservedGeneration: 3 });

        Assert.Equal("app=web", (string?)(await cluster.SendAsync(HttpMethod.Get, Scale))["status"]!["selector"]);
        Assert.Equal((5, 4), (PodCounts.Created(cluster.Journal), PodCounts.Ended(cluster.Journal)));
    }

    [Fact]
    public async Task Pods_that_match_are_adopted_and_those_that_no_longer_do_are_let_go()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.RunNodes("n1");
        await cluster.CreateAsync(Make.Pod("orphan", "web"));
        cluster.Run(Names.ReplicationController);
        var owner = await cluster.CreateAsync(Make.ReplicationController("web", 1));

        await cluster.UntilAsync<ReplicationController>("web", c => c.Status.AvailableReplicas == 1);
        Assert.True(cluster.Get<Pod>("orphan").Metadata.IsControlledBy(owner));

        await cluster.PatchAsync<Pod>("orphan", """{"metadata":{"labels":{"app":"free"}}}""");
        await cluster.UntilAsync<Pod>("orphan", p => p.Metadata.OwnerReferences.Count == 0);
        await cluster.UntilAsync(() => cluster.List<Pod>().Any(p => p.Metadata.IsControlledBy(owner)));
    }

    /// <summary>Same name, same labels, same namespace: only the kind of the owner tells whose a pod is.</summary>
    [Fact]
    public async Task A_set_of_the_same_name_keeps_its_own_pods()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicationController, Names.ReplicaSet);
        cluster.RunNodes("n1");
        var set = await cluster.CreateAsync(Make.ReplicaSet("web", 2));
        await cluster.UntilAsync<ReplicaSet>("web", s => s.Status.AvailableReplicas == 2);
        var owner = await cluster.CreateAsync(Make.ReplicationController("web", 3));
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status.AvailableReplicas == 3);

        await cluster.PatchAsync<ReplicationController>("web", """{"spec":{"replicas":1}}""");
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status is { Replicas: 1, ObservedGeneration: 2 });
        await cluster.SettleAsync();

        Assert.Equal((2, 1), (cluster.List<Pod>().Count(p => p.Metadata.IsControlledBy(set)), cluster.List<Pod>().Count(p => p.Metadata.IsControlledBy(owner))));
        Assert.Equal((5, 2), (PodCounts.Created(cluster.Journal), PodCounts.Ended(cluster.Journal)));
    }

    [Fact]
    public async Task Pods_that_may_not_be_created_are_told_of_until_they_may()
    {
        await using var cluster = await TestCluster.StartAsync(Names.ReplicationController);
        await cluster.DeleteAsync<ServiceAccount>("default");
        await cluster.CreateAsync(Make.ReplicationController("web", 3));

        var failing = await cluster.UntilAsync<ReplicationController>("web", c => c.Status.Conditions.Count > 0);
        var condition = Assert.Single(failing.Status.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate"), (condition.Type, condition.Status, condition.Reason));
        Assert.Contains("serviceaccount \"default\" not found", condition.Message, StringComparison.Ordinal);

        await cluster.CreateAsync(new ServiceAccount { Metadata = new() { Name = "default", Namespace = TestCluster.Demo } });
        cluster.Clock.Advance(TimeSpan.FromSeconds(1000));
        await cluster.UntilAsync<ReplicationController>("web", c => c.Status is { Replicas: 3, Conditions.Count: 0 });
    }

    private const string Scale = $"/api/v1/namespaces/{TestCluster.Demo}/replicationcontrollers/web/scale";

    private static string Field(ReplicationController obj, string name) => JsonNode.Parse(Json.Encode(obj))![name]!.ToJsonString();
}
