using KubeSharp.Kubelet.Server;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Server;

public sealed class LogRouteTests
{
    /// <summary>Texts from goldens of upstream (log-image-backoff, log-init-waiting).</summary>
    [Theory]
    [InlineData("ImagePullBackOff", "container \"c\" in pod \"p\" is waiting to start: trying and failing to pull image")]
    [InlineData("ErrImagePull", "container \"c\" in pod \"p\" is waiting to start: image can't be pulled")]
    [InlineData("PodInitializing", "container \"c\" in pod \"p\" is waiting to start: PodInitializing")]
    public void A_waiting_container_has_no_log_and_says_why(string reason, string expected) =>
        Assert.Equal(expected, LogRoute.Refusal(Pod(new() { Waiting = new() { Reason = reason } }, new()), "c", isPrevious: false));

    [Fact]
    public void A_container_that_waits_for_its_restart_shows_what_its_last_run_said() => Assert.Null(LogRoute.Refusal(
        Pod(new() { Waiting = new() { Reason = "CrashLoopBackOff" } }, new() { Terminated = new() { ContainerID = "containerd://1" } }), "c", isPrevious: false));

    [Fact]
    public void Without_an_earlier_run_there_is_no_previous_log() => Assert.Equal(
        "previous terminated container \"c\" in pod \"p\" not found",
        LogRoute.Refusal(Pod(new() { Running = new() }, new()), "c", isPrevious: true));

    private static Pod Pod(ContainerState state, ContainerState last) => new()
    {
        Metadata = new() { Name = "p", Namespace = "ns" },
        Status = new() { ContainerStatuses = [new() { Name = "c", State = state, LastState = last }] },
    };
}
