namespace KubeSharp.Controllers.Tests.Recordings;

/// <summary>A namespace gets what it needs, and says what it waits for when it goes.</summary>
public sealed class NamespaceRecordingTests
{
    [Fact]
    public async Task A_namespace_lives_its_life()
    {
        const string Name = "golden-life";
        var recording = new Recording("namespace-lifecycle");
        await using var cluster = await TestCluster.StartAsync(Names.Namespace, Names.ServiceAccount, Names.RootCa);
        var nodes = cluster.RunNodes("ref-1");
        nodes.Ends = static _ => false;

        await recording.ReplayAsync(cluster, "create");
        await cluster.UntilAsync<ServiceAccount>("default", _ => true, Name);
        var map = await cluster.UntilAsync<ConfigMap>("kube-root-ca.crt", _ => true, Name);
        Assert.Equal((RunningControllers.AuthorityPem, 1), (map.Data["ca.crt"], map.Data.Count));
        await recording.ReplayAsync(cluster, "pod");
        await recording.ReplayAsync(cluster, "configmap with finalizer");
        await cluster.UntilAsync<Pod>("p", p => p.Status.Phase == "Running", Name);
        await recording.ReplayAsync(cluster, "delete");

        // Since 1.33 pods go first and alone: 1.20 tried all kinds at once and complained of the pod.
        var waiting = await cluster.UntilAsync<Namespace>(Name, n => n.Status.Conditions.Count > 0);
        Assert.Equal("Some resources are remaining: pods. has 1 resource instances", Message(waiting, "NamespaceContentRemaining"));
        Assert.NotNull(cluster.Find<ServiceAccount>("default", Name));
        Assert.Null(cluster.Get<ConfigMap>("h", Name).Metadata.DeletionTimestamp);
        nodes.Ends = static _ => true;

        var expected = recording.Step("held by a finalizer").Body["status"]!["conditions"]!.AsArray().Select(c => ((string)c!["type"]!, (string)c["status"]!, (string)c["reason"]!, (string)c["message"]!)).ToList();
        expected[2] = ("NamespaceDeletionContentFailure", "False", "ContentDeleted", "All content successfully deleted, may be waiting on finalization");
        expected[3] = expected[3] with { Item4 = expected[3].Item4.Replace(", pods. has 1 resource instances", "", StringComparison.Ordinal) };
        await cluster.UntilAsync<Namespace>(Name, n => n.Status.Conditions.Any(c => c is { Type: "NamespaceFinalizersRemaining", Status: "True" }));
        Assert.Equal(expected, cluster.Get<Namespace>(Name).Status.Conditions.Select(c => (c.Type, c.Status, c.Reason, c.Message)));

        await recording.ReplayAsync(cluster, "finalizer removed");
        await cluster.UntilGoneAsync<Namespace>(Name);
        Assert.DoesNotContain(cluster.Journal.List<Event>(), e => e.Metadata.Namespace == Name);
        Assert.Empty(cluster.Logs.Warnings);
    }

    private static string? Message(Namespace ns, string type) => ns.Status.Conditions.FirstOrDefault(c => c.Type == type)?.Message;
}
