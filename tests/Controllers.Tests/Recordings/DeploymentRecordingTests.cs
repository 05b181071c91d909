using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.Tests.Recordings;

/// <summary>Deployments come to rest where upstream's did, by the same steps.</summary>
/// <remarks>"during" and early steps caught a passing moment and are not compared; the invariants of those are in DeploymentTests.</remarks>
public sealed class DeploymentRecordingTests : IAsyncDisposable
{
    private TestCluster _cluster = null!;
    private Recording _recording = null!;
    private string _name = "";

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_deployment_is_created_scaled_rolled_rolled_back_and_deleted()
    {
        await StartAsync("deployment-lifecycle", "web", Names.Deployment, Names.ReplicaSet, Names.Garbage);
        _cluster.RunNodes("ref-1");

        await DoAsync("create");
        await RestsAtAsync("available");
        await SetsRestAtAsync("replicasets");
        await DoAsync("scale to 3");
        await RestsAtAsync("scaled");
        await DoAsync("rolling update");
        await RestsAtAsync("updated");
        await SetsRestAtAsync("replicasets");
        await DoAsync("back to the first template");
        await RestsAtAsync("rolled back");
        await SetsRestAtAsync("replicasets");
        await ScalingsAreAsync(9);
        await DoAsync("scale subresource update");
        await DoAsync("delete foreground");
        await _cluster.UntilGoneAsync<Deployment>("web", "golden-ctl");
        Assert.Empty(_cluster.List<ReplicaSet>("golden-ctl"));
        Assert.Empty(_cluster.List<Pod>("golden-ctl"));
    }

    [Fact]
    public async Task Recreate_ends_the_old_pods_before_new_ones_begin()
    {
        await StartAsync("deployment-recreate", "rec", Names.Deployment, Names.ReplicaSet);
        _cluster.RunNodes("ref-1");

        await DoAsync("create");
        await UntilAsync(_recording.Step("update").Body);
        await _cluster.PatchAsync<Deployment>("rec", """{"spec":{"template":{"metadata":{"annotations":{"v":"2"}}}}}""", "golden-ctl");
        await RestsAtAsync("updated");
        await ScalingsAreAsync(3);
    }

    [Fact]
    public async Task A_deployment_that_does_not_progress_says_so_after_its_deadline()
    {
        await StartAsync("deployment-progress-deadline", "stuck", Names.Deployment, Names.ReplicaSet);

        await DoAsync("create");
        await RestsAtAsync("progressing");
        _cluster.Clock.Advance(TimeSpan.FromSeconds(4));
        await RestsAtAsync("deadline exceeded");
        await DoAsync("pause");
        await RestsAtAsync("paused");
        await DoAsync("resume, scale to 0");
        await RestsAtAsync("zero");
        await ScalingsAreAsync(2);
    }

    private async Task StartAsync(string recording, string name, params string[] controllers)
    {
        (_recording, _name) = (new(recording), name);
        _cluster = await TestCluster.StartAsync(controllers);
        await _cluster.AddNamespaceAsync("golden-ctl");
    }

    private async Task DoAsync(string step)
    {
        var answer = await _recording.ReplayAsync(_cluster, step);
        Assert.True((string?)answer["kind"] is "Deployment" or "Scale", answer.ToJsonString());
    }

    private Task RestsAtAsync(string step) => UntilAsync(_recording.Step(step).Body);

    private async Task UntilAsync(JsonNode recorded)

    {
        var expected = DeploymentText.OfDeployment(recorded, DeploymentText.HashesIn(_recording.Text, _name));
        var seen = "";
        await _cluster.UntilAsync(
            () =>
            {
                if (_cluster.Find<Deployment>(_name, "golden-ctl") is not { } deployment)
                    return false;

                seen = DeploymentText.OfDeployment(Node(deployment), Hashes());
                return seen == expected;
            },
            () => $"\nexpected {expected}\nseen     {seen}");
    }

    private async Task SetsRestAtAsync(string step)
    {
        var expected = DeploymentText.OfSets(_recording.Step(step).Body, DeploymentText.HashesIn(_recording.Text, _name));
        var seen = "";
        await _cluster.UntilAsync(
            () => (seen = DeploymentText.OfSets(new JsonObject { ["items"] = new JsonArray([.. _cluster.List<ReplicaSet>("golden-ctl").Select(Node)]) }, Hashes())) == expected,
            () => $"\nexpected {expected}\nseen     {seen}");
    }

    /// <param name="count">So many are told one by one; further ones are "combined from similar events", by both.</param>
    private async Task ScalingsAreAsync(int count)
    {
        var hashes = DeploymentText.HashesIn(_recording.Text, _name);
        var expected = _recording.Step($"events of Deployment {_name}").Body["items"]!.AsArray().Take(count).Select(e => DeploymentText.OfScaling((string)e!["message"]!, hashes)).ToList();
        await _cluster.UntilAsync(() => _cluster.EventsOf("Deployment", _name).Count >= count);
        var events = _cluster.EventsOf("Deployment", _name);
        Assert.Equal(expected, events.Take(count).Select(e => DeploymentText.OfScaling(e.Message, Hashes())));
        Assert.All(events, e => Assert.Equal(("Normal", "ScalingReplicaSet", "deployment-controller"), (e.Type, e.Reason, e.Source.Component)));
    }

    private IReadOnlyList<string> Hashes() => [.. _cluster.Journal.Of<ReplicaSet>().Select(e => e.Key.Split('/')[^1]).Distinct()];

    private static JsonNode Node<T>(T obj)
        where T : class, IObject<T> => JsonNode.Parse(Json.Encode(obj))!;
}
