using KubeSharp.Kubelet.Pods;
using KubeSharp.Kubelet.Probes;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Decides what a pod needs: a pure function of the pod, the runtime's state, the probes and the clock.</summary>
/// <remarks>For pods that are to run: ending a pod is the worker's decision.</remarks>
internal static class PodPlanner
{
    public static PodPlan Plan(PlanInput input)
    {
        var (pod, state) = (input.Pod, input.State);
        if (NeedsSandbox(pod, state))
            return HoldBack(input, PlanSandbox(pod, state));

        var sandbox = state.Sandbox!;
        var starts = new List<ContainerStart>();
        var kills = new List<ContainerKill>();
        foreach (var spec in pod.Spec.EphemeralContainers)
        {
            if (state.Newest(spec.Name) is null)
                starts.Add(new(spec.AsContainer(), ContainerKind.Ephemeral, null));
        }

        var init = InitPlanner.Plan(input, sandbox.Id);
        starts.AddRange(init.Starts);
        kills.AddRange(init.Kills);
        if (init.HasFailed)
            return new() { KillsPod = true, SandboxAttempt = sandbox.Attempt + 1 };

        if (init.IsComplete)
        {
            var staying = PlanRegular(input, starts, kills);
            if (staying == 0)
                return new() { KillsPod = true, SandboxAttempt = sandbox.Attempt + 1 };
        }

        return HoldBack(input, new() { Starts = starts, Kills = kills });
    }

    private static bool NeedsSandbox(Pod pod, PodRuntimeState state)
    {
        var newest = state.Sandbox;
        return newest is not { IsReady: true }
            || state.Sandboxes.Count(s => s.IsReady) > 1
            || newest.IsOnHostNetwork != pod.Spec.HostNetwork
            || (!newest.IsOnHostNetwork && newest.Ips.Count == 0);
    }

    private static PodPlan PlanSandbox(Pod pod, PodRuntimeState state)
    {
        var attempt = state.Sandbox is { } old ? old.Attempt + 1 : 0;
        var isRestart = state.Containers.Count > 0;
        if (isRestart && !RestartRules.MayRestart(pod) && pod.Spec.Containers.All(c => c.RestartPolicy is null && c.RestartPolicyRules.Count == 0))
            return new() { KillsPod = true, SandboxAttempt = attempt };

        var wanted = pod.Spec.Containers
            .Where(c => state.Newest(c.Name) is not { State: InstanceState.Exited } ended || RestartRules.Restarts(pod, c, ContainerKind.Regular, ended.ExitCode))
            .ToList();
        if (wanted.Count == 0)
            return new() { KillsPod = true, SandboxAttempt = attempt };

        // With a new sandbox the pod begins anew: sidecars and init containers first, the others when these are done.
        ContainerStart[] first = pod.Spec.InitContainers is [var init, ..]
            ? [new(init, PodContainers.KindOfInit(init), state.Newest(init.Name))]
            : [.. wanted.Select(c => new ContainerStart(c, ContainerKind.Regular, state.Newest(c.Name)))];
        return new() { KillsPod = state.Sandbox is not null, CreatesSandbox = true, SandboxAttempt = attempt, Starts = first };
    }

    /// <returns>How many containers run, will run, or wait for it.</returns>
    private static int PlanRegular(PlanInput input, List<ContainerStart> starts, List<ContainerKill> kills)
    {
        var staying = 0;
        foreach (var spec in input.Pod.Spec.Containers)
        {
            var now = input.State.Newest(spec.Name);
            if (now is { State: InstanceState.Running })
            {
                if (KillOf(input, spec, ContainerKind.Regular, now) is not { } kill)
                {
                    staying++;
                    continue;
                }

                kills.Add(kill.Action);
                if (!kill.IsRestarted)
                    continue;
            }
            else if (now is { State: InstanceState.Exited } && !RestartRules.Restarts(input.Pod, spec, ContainerKind.Regular, now.ExitCode))
            {
                continue;
            }
            else if (now is { State: InstanceState.Unknown })
            {
                kills.Add(new(now, $"Container {spec.Name} is in \"unknown\" state, try killing it before restart"));
            }

            staying++;
            starts.Add(new(spec, ContainerKind.Regular, now));
        }

        return staying;
    }

    /// <summary>Why a running container must end, if it must.</summary>
    internal static (ContainerKill Action, bool IsRestarted)? KillOf(PlanInput input, Container spec, ContainerKind kind, ContainerInstance running)
    {
        string message;
        Probe? probe = null;
        bool isRestarted;
        if (running.Hash.Length > 0 && running.Hash != ContainerHash.Of(spec))
        {
            message = $"Container {spec.Name} definition changed";
            isRestarted = true;
        }
        else if (spec.LivenessProbe is not null && input.Verdict(running.Id, ProbeKind.Liveness) == false)
        {
            message = $"Container {spec.Name} failed liveness probe";
            probe = spec.LivenessProbe;
            isRestarted = RestartRules.RestartsAfterKill(input.Pod, spec, kind);
        }
        else if (spec.StartupProbe is not null && input.Verdict(running.Id, ProbeKind.Startup) == false)
        {
            message = $"Container {spec.Name} failed startup probe";
            probe = spec.StartupProbe;
            isRestarted = RestartRules.RestartsAfterKill(input.Pod, spec, kind);
        }
        else
        {
            return null;
        }

        return (new(running, isRestarted ? message + ", will be restarted" : message, probe), isRestarted);
    }

    /// <summary>Parts the containers that may start now from those whose back-off still runs.</summary>
    private static PodPlan HoldBack(PlanInput input, PodPlan plan)
    {
        var now = new List<ContainerStart>();
        var waits = new List<ContainerWait>();
        foreach (var planned in plan.Starts)
        {
            var start = planned with { Ended = EndedOf(input.State, planned) };
            if (start.Ended is { FinishedAt: { } finishedAt } ended
                && RestartBackOff.For(input.BackOff(ended.Name), ended) is { } known
                && RestartBackOff.EndsAt(known, finishedAt, input.Now) is { } until)
                waits.Add(new(start, known.Delay, until));
            else
                now.Add(start);
        }

        return plan with { Starts = now, Waits = waits };
    }

    /// <summary>
    /// A container that is killed for its probe counts, as upstream, from the end of the life before; one whose image changed
    /// begins without a past.
    /// </summary>
    private static ContainerInstance? EndedOf(PodRuntimeState state, ContainerStart start)
    {
        if (start.Last is null || start.Last.Hash != ContainerHash.Of(start.Container))
            return null;

        return state.Containers.FirstOrDefault(c => c.Name == start.Container.Name && c.State == InstanceState.Exited);
    }
}
