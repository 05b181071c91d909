using KubeSharp.Kubelet.Statuses;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Status;

public sealed class PodPhaseTests
{
    [InlineData("Always", "", "wait", false, "Pending")]
    [InlineData("Always", "", "run", false, "Running")]
    [InlineData("Always", "", "run wait", false, "Pending")]
    [InlineData("Always", "", "run crash", false, "Running")]
    [InlineData("Always", "", "crash", false, "Running")]
    [InlineData("Always", "", "exit0", false, "Running")]
    [InlineData("Always", "", "exit0", true, "Succeeded")]
    [InlineData("Always", "", "exit1", true, "Failed")]
    [InlineData("OnFailure", "", "exit0", false, "Succeeded")]
    [InlineData("OnFailure", "", "exit1", false, "Running")]
    [InlineData("OnFailure", "", "exit1", true, "Failed")]
    [InlineData("OnFailure", "", "exit0 exit1", false, "Running")]
    [InlineData("OnFailure", "", "exit0 run", false, "Running")]
    [InlineData("Never", "", "exit0", false, "Succeeded")]
    [InlineData("Never", "", "exit0 exit0", false, "Succeeded")]
    [InlineData("Never", "", "exit0 exit1", false, "Failed")]
    [InlineData("Never", "", "exit1 run", false, "Running")]
    [InlineData("Always", "wait", "wait", false, "Pending")]
    [InlineData("Always", "run", "wait", false, "Pending")]
    [InlineData("Always", "exit0", "wait", false, "Pending")]
    [InlineData("Always", "exit0", "run", false, "Running")]
    [InlineData("Always", "exit1", "wait", false, "Pending")]
    [InlineData("Never", "exit1", "wait", false, "Failed")]
    [InlineData("OnFailure", "exit1", "wait", false, "Pending")]
    [InlineData("Never", "exit0 exit1", "wait", false, "Failed")]
    [Theory]
    public void A_phase_follows_from_containers_and_policy(string policy, string init, string regular, bool isEnding, string phase)
    {
        var (inits, regulars) = (StatusesOf(init), StatusesOf(regular));
        var pod = PodsOf.One("p").With(s => s with
        {
            RestartPolicy = policy,
            InitContainers = [.. inits.Select(i => PodsOf.Named(i.Name))],
            Containers = [.. regulars.Select(c => PodsOf.Named(c.Name))],
        });

        Assert.Equal(phase, PodPhase.Of(pod, inits, regulars, isEnding));
    }

    private static List<ContainerStatus> StatusesOf(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((state, i) => StatusOf($"c{i}", state))];

    private static ContainerStatus StatusOf(string name, string state) => state switch
    {
        "run" => new() { Name = name, State = new() { Running = new() } },
        "crash" => new() { Name = name, State = new() { Waiting = new() { Reason = "CrashLoopBackOff" } }, LastState = new() { Terminated = new() { ExitCode = 1 } } },
        "exit0" => new() { Name = name, State = new() { Terminated = new() } },
        "exit1" => new() { Name = name, State = new() { Terminated = new() { ExitCode = 1 } } },
        _ => new() { Name = name, State = new() { Waiting = new() { Reason = "ContainerCreating" } } },
    };
}
