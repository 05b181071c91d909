using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.NodeStatus;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.NodeStatus;

public sealed class NodeConditionsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeHealth Well = new(false, false, false, []);

    [Fact]
    public void A_healthy_node_says_what_upstream_says() => Assert.Equal(
        [
            "MemoryPressure False KubeletHasSufficientMemory kubelet has sufficient memory available",
            "DiskPressure False KubeletHasNoDiskPressure kubelet has no disk pressure",
            "PIDPressure False KubeletHasSufficientPID kubelet has sufficient PID available",
            "Ready True KubeletReady kubelet is posting ready status",
        ],
        NodeConditions.Next([], Well, Start).Select(c => $"{c.Type} {c.Status} {c.Reason} {c.Message}"));

    [Fact]
    public void A_transition_is_dated_and_a_heartbeat_is_not_one()
    {
        var first = NodeConditions.Next([], Well, Start);
        var second = NodeConditions.Next(first, Well, Start.AddMinutes(1));
        var third = NodeConditions.Next(second, Well with { Problems = ["container runtime is down"] }, Start.AddMinutes(2));

        Assert.Equal((Start.AddMinutes(1), Start), (second[3].LastHeartbeatTime, second[3].LastTransitionTime));
        Assert.Equal(Start.AddMinutes(2), third[3].LastTransitionTime);
        Assert.Equal("container runtime is down", third[3].Message);
        Assert.Equal(["NodeNotReady"], NodeConditions.Changes(second, third));
    }

    [Fact]
    public void Pressure_is_believed_gone_after_five_minutes_only()
    {
        var pressed = NodeConditions.Next([], Well with { IsShortOfMemory = true }, Start);

        Assert.Equal("True", NodeConditions.Next(pressed, Well, Start.AddMinutes(4))[0].Status);
        Assert.Equal("False", NodeConditions.Next(pressed, Well, Start.AddMinutes(5))[0].Status);
    }

    [Fact]
    public void Conditions_of_others_are_kept()
    {
        NodeCondition other = new() { Type = "NetworkUnavailable", Status = "False", Reason = "FlannelIsUp" };

        Assert.Equal(other, NodeConditions.Next([other], Well, Start)[0]);
    }

    [Fact]
    public void A_network_that_is_not_ready_is_said_in_the_runtimes_words()
    {
        var answer = new StatusResponse
        {
            Status = new()
            {
                Conditions =
                {
                    new RuntimeCondition { Type = "RuntimeReady", Status = true },
                    new RuntimeCondition { Type = "NetworkReady", Reason = "NetworkPluginNotReady", Message = "cni plugin not initialized" },
                },
            },
        };

        Assert.Equal(
            ["container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized"],
            NodeHealth.ProblemsOf(answer));
        Assert.Equal(["container runtime is down"], NodeHealth.ProblemsOf(null));
    }
}
