namespace KubeSharp.Kinds.Tests;

/// <summary>What the recordings do not show of pods.</summary>
public sealed class PodKindTests
{
    private static readonly Kind Pods = new BuiltIn(TimeProvider.System).Find("", "v1", "Pod")!;

    [Theory]
    [InlineData("n", "Running", null, 30L)]
    [InlineData("n", "Running", 5L, 5L)]
    [InlineData("n", "Running", -1L, 1L)]
    [InlineData("n", "Succeeded", 5L, 0L)]
    [InlineData("", "Pending", 5L, 0L)]
    public void Grace_is_for_pods_that_a_node_runs(string node, string phase, long? asked, long expected)
    {
        var pod = new Pod { Spec = new() { NodeName = node, TerminationGracePeriodSeconds = 30 }, Status = new() { Phase = phase } };

        Assert.Equal(expected, Pods.DeletionGrace(pod, asked));
    }

    [Theory]
    [InlineData("{}", "BestEffort")]
    [InlineData("""{"requests":{"cpu":"1"}}""", "Burstable")]
    [InlineData("""{"limits":{"cpu":"1"}}""", "Burstable")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}""", "Burstable")]
    [InlineData("""{"limits":{"cpu":"0","memory":"0"}}""", "BestEffort")]
    [InlineData("""{"limits":{"example.com/gpu":"1"}}""", "BestEffort")]
    public void Quality_of_service_follows_from_requests_and_limits(string resources, string expected)
    {
        var pod = Json.Decode<Pod>(System.Text.Encoding.UTF8.GetBytes("""{"spec":{"containers":[{"name":"c","image":"i","resources":""" + resources + "}]}}"));

        Assert.Equal(expected, ((Pod)Pods.PrepareForCreate(Pods.ApplyDefaults(pod))).Status.QosClass);
    }

    [Fact]
    public void A_status_brings_labels_along_but_neither_spec_nor_owners_nor_another_quality_of_service()
    {
        var old = new Pod { Metadata = new() { Name = "p" }, Spec = new() { NodeName = "n" }, Status = new() { QosClass = "BestEffort" } };
        var sent = new Pod
        {
            Metadata = new() { Name = "p", Labels = new Dictionary<string, string> { ["a"] = "b" }, OwnerReferences = [new() { Name = "o" }] },
            Spec = new() { NodeName = "other" },
            Status = new() { QosClass = "Guaranteed", PodIP = "10.0.0.1" },
        };

        var kept = (Pod)Pods.PrepareForStatusUpdate(old, sent);

        Assert.Equal(("n", "b", 0), (kept.Spec.NodeName, kept.Metadata.Labels["a"], kept.Metadata.OwnerReferences.Count));
        Assert.Equal(("BestEffort", "10.0.0.1", "10.0.0.1"), (kept.Status.QosClass, kept.Status.PodIP, kept.Status.PodIPs[0].Ip));
    }

    [Fact]
    public void A_container_that_ended_for_good_does_not_run_again()
    {
        var spec = new PodSpec { RestartPolicy = "Never", Containers = [new() { Name = "c" }] };
        var old = new Pod { Spec = spec, Status = new() { ContainerStatuses = [new() { Name = "c", State = new() { Terminated = new() } }] } };
        var now = old with { Status = new() { ContainerStatuses = [new() { Name = "c", State = new() { Running = new() } }] } };
        var findings = new Findings();

        Pods.ValidateStatusUpdate(old, now, findings);

        Assert.Equal("status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state", findings.ToString());
    }

    [Fact]
    public void A_refused_update_shows_the_fields_that_differ()
    {
        var old = (Pod)Pods.ApplyDefaults(new Pod { Metadata = new() { Name = "p" }, Spec = new() { Containers = [new() { Name = "c", Image = "i" }] } });
        var findings = new Findings();

        Pods.ValidateUpdate(old, old with { Spec = old.Spec with { RestartPolicy = "Never" } }, findings);

        Assert.EndsWith("\n  - spec.restartPolicy: \"Always\"\n  + spec.restartPolicy: \"Never\"\n", Assert.Single(findings.Errors).Body, StringComparison.Ordinal);
    }
}
