using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;

namespace KubeSharp.Kubelet.Lifecycle;

/// <param name="IsComplete">The regular containers may run.</param>
/// <param name="HasFailed">An init container failed for good: the pod is over.</param>
internal sealed record InitPlan(IReadOnlyList<ContainerStart> Starts, IReadOnlyList<ContainerKill> Kills, bool IsComplete, bool HasFailed = false);

/// <summary>Init containers run one after the other to their end; sidecars among them start in their turn and stay.</summary>
internal static class InitPlanner
{
    public static InitPlan Plan(PlanInput input, string sandboxId)
    {
        var (pod, state) = (input.Pod, input.State);
        var specs = pod.Spec.InitContainers;
        var starts = new List<ContainerStart>();
        var kills = new List<ContainerKill>();
        var isInitialized = state.HasStarted(pod, sandboxId);

        // What ran in an older sandbox does not count: its work may be lost with it.
        ContainerInstance? InThisSandbox(string name) => state.Newest(name) is { } c && c.SandboxId == sandboxId ? c : null;

        var furthest = -1;
        for (var i = 0; i < specs.Count; i++)
        {
            if (InThisSandbox(specs[i].Name) is not null)
                furthest = i;
        }

        // Whether everything before the container at hand is done, so that it may start for the first time.
        var mayAdvance = true;
        for (var i = 0; i < specs.Count; i++)
        {
            var (spec, kind) = (specs[i], PodContainers.KindOfInit(specs[i]));
            var now = InThisSandbox(spec.Name);
            if (now is null)
            {
                // A later one has begun: this one is done and its remains are gone.
                if (kind == ContainerKind.Init && (isInitialized || i < furthest))
                    continue;
                if (kind == ContainerKind.Init || !isInitialized)
                {
                    if (mayAdvance)
                        starts.Add(new(spec, kind, state.Newest(spec.Name)));
                    return new(starts, kills, IsComplete: false);
                }

                starts.Add(new(spec, kind, state.Newest(spec.Name)));
                continue;
            }

            if (kind == ContainerKind.Sidecar)
            {
                mayAdvance &= PlanSidecar(input, spec, now, starts, kills);
                continue;
            }

            if (isInitialized || now.HasSucceeded)
                continue;

            if (now.State == InstanceState.Running)
                return new(starts, kills, IsComplete: false);
            if (now.State == InstanceState.Exited && !RestartRules.Restarts(pod, spec, kind, now.ExitCode))
                return new([], [], IsComplete: false, HasFailed: true);
            if (now.State == InstanceState.Unknown)
                kills.Add(new(now, $"Init container is in \"unknown\" state, try killing it before restart"));
            starts.Add(new(spec, kind, now));
            return new(starts, kills, IsComplete: false);
        }

        return new(starts, kills, IsComplete: mayAdvance || isInitialized);
    }

    /// <returns>Whether it has started, so that the next container may begin.</returns>
    private static bool PlanSidecar(PlanInput input, Container spec, ContainerInstance now, List<ContainerStart> starts, List<ContainerKill> kills)
    {
        if (now.State == InstanceState.Running)
        {
            if (PodPlanner.KillOf(input, spec, ContainerKind.Sidecar, now) is not { } kill)
                return spec.StartupProbe is null || input.Verdict(now.Id, ProbeKind.Startup) == true;
            kills.Add(kill.Action);
        }
        else if (now.State == InstanceState.Unknown)
        {
            kills.Add(new(now, $"Init container is in \"unknown\" state, try killing it before restart"));
        }

        starts.Add(new(spec, ContainerKind.Sidecar, now));
        return false;
    }
}
