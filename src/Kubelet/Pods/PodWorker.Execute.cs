using KubeSharp.Kubelet.Lifecycle;

namespace KubeSharp.Kubelet.Pods;

/// <content>What a plan asks for is done, in its order.</content>
internal sealed partial class PodWorker
{
    private async Task ExecuteAsync(Pod pod, PodPlan plan, PodRuntimeState state, string cgroupParent, CancellationToken ct)
    {
        var sandbox = state.ReadySandbox;
        if (plan.CreatesSandbox)
        {
            if (plan.KillsPod)
                await StopOldSandboxesAsync(pod, state, ct);
            sandbox = null;
        }

        var config = _services.Sandboxes.ConfigOf(pod, sandbox?.Attempt ?? plan.SandboxAttempt, cgroupParent);
        sandbox ??= await _services.Sandboxes.StartAsync(pod, config, ct);
        var ips = IpsOf(pod, sandbox);
        await Task.WhenAll(plan.Kills.Select(k => KillAsync(pod, k, ips, ct)));

        // Mounting came before this, or threw.
        var context = new PodContext(pod, sandbox.Id, config, ips, _volumes!, _services.Volumes.DirectoryOf(Uid));
        foreach (var start in plan.Starts)
        {
            var hasStarted = await StartAsync(context, start, sandbox, state, ct);
            if (!hasStarted && start.Kind is ContainerKind.Init or ContainerKind.Sidecar)
                return; // what follows waits for it
        }
    }

    private async Task StopOldSandboxesAsync(Pod pod, PodRuntimeState state, CancellationToken ct)
    {
        _services.Events.Record(pod, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        await _services.Killer.KillAllAsync(pod, state, KillStage.First, ContainerKiller.GraceOf(pod), ct);
        foreach (var old in state.Sandboxes)
            await _services.Runtime.StopSandboxAsync(old.Id, ct);
    }

    private Task KillAsync(Pod pod, ContainerKill kill, IReadOnlyList<string> ips, CancellationToken ct)
    {
        var found = pod.FindContainer(kill.Instance.Name);
        var grace = kill.Probe?.TerminationGracePeriodSeconds is { } own ? TimeSpan.FromSeconds(own) : ContainerKiller.GraceOf(pod);
        return _services.Killer.KillAsync(
            pod, found?.Container, found?.Kind ?? ContainerKind.Regular, kill.Instance, kill.Message, grace, ips.Count > 0 ? ips[0] : "", ct);
    }

    private async Task<bool> StartAsync(PodContext context, ContainerStart start, SandboxInstance sandbox, PodRuntimeState state, CancellationToken ct)
    {
        var name = start.Container.Name;
        if (start.Ended is { FinishedAt: { } finishedAt } ended)
            _backOff[name] = RestartBackOff.Next(RestartBackOff.For(Recorded(name), ended), finishedAt, Now);
        try
        {
            var id = await _services.Starter.StartAsync(context, start, TargetOf(context.Pod, start, state), ct);
            _waiting.Remove(name);

            // The others may take long to fetch their images: this one is watched from now on.
            EnsureProbes(context.Pod, start.Container, start.Kind, id, Now, sandbox);
            return true;
        }
        catch (StartException e)
        {
            _waiting[name] = new() { Reason = e.Reason, Message = e.Message };

            // Where a container was made, its end and back-off decide when it is tried again; the second keeps a runtime that does
            // not count a failed start as an end from being asked without a pause.
            var pause = e.Reason is "RunContainerError" or "PostStartHookError" ? TimeSpan.FromSeconds(1) : StartRetry;
            lock (_gate)
                _retryAt[name] = Steady + pause;
            return false;
        }
    }

    private RestartBackOff? Recorded(string name) => _backOff.TryGetValue(name, out var known) ? known : null;

    private static string TargetOf(Pod pod, ContainerStart start, PodRuntimeState state) =>
        start.Kind == ContainerKind.Ephemeral
        && pod.Spec.EphemeralContainers.FirstOrDefault(e => e.Name == start.Container.Name)?.TargetContainerName is { Length: > 0 } target
            ? state.Newest(target)?.Id ?? ""
            : "";

    /// <summary>Of each container one ended life is kept, for its log and state; of sandboxes the newest and those that hold these.</summary>
    private async Task CollectDeadAsync(Pod pod, PodRuntimeState state, CancellationToken ct)
    {
        foreach (var dead in DeadContainers.ToRemove(state))
        {
            await _services.Runtime.RemoveContainerAsync(dead.Id, ct);
            DeadContainers.RemoveLog(dead, pod, _services.Facts);
        }

        foreach (var sandbox in DeadContainers.SandboxesToRemove(state))
            await _services.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
    }
}
