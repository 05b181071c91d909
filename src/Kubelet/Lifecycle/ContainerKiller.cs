using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Pods;
using Microsoft.Extensions.Logging;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Whether a kill is the first of its kind, or goes on with one that was interrupted.</summary>
internal enum KillStage
{
    First,

    /// <summary>The hook has run and the event is written: only the signal is sent again.</summary>
    Again,
}

/// <summary>Ends containers: the preStop hook first, then the stop signal, then the kill, all within one grace period.</summary>
internal sealed partial class ContainerKiller(IRuntime runtime, Hooks hooks, IEventRecorder events, TimeProvider clock, ILogger<ContainerKiller> log)
{
    /// <summary>A container gets this long even when its grace is used up, so that it need not die by the kill.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    /// <summary>The grace the pod asks for, or its deletion grants.</summary>
    public static TimeSpan GraceOf(Pod pod) =>
        TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? Least.TotalSeconds);

    /// <param name="spec">Null if the pod no longer has such a container.</param>
    /// <param name="podIp">For hooks over the network.</param>
    public async Task KillAsync(Pod pod, Container? spec, ContainerKind kind, ContainerInstance instance, string message, TimeSpan grace, string podIp, CancellationToken ct)
    {
        var text = message.Length > 0 ? message : $"Stopping container {instance.Name}";
        events.Record(pod, "Normal", "Killing", text, PodContainers.FieldPath(kind, instance.Name));

        var began = clock.GetTimestamp(); // a grace is not cut short, nor drawn out, by a wall clock that jumps
        if (spec?.Lifecycle?.PreStop is { } preStop && grace > TimeSpan.Zero && instance.State == InstanceState.Running)
            await RunPreStopAsync(pod, spec, kind, preStop, instance, grace, podIp, ct);

        var left = grace - clock.GetElapsedTime(began);
        await runtime.StopContainerAsync(instance.Id, left > Least ? left : Least, ct);
    }

    /// <summary>Ends what runs of the pod: sidecars, last to first, after all others, which end together.</summary>
    public async Task KillAllAsync(Pod pod, PodRuntimeState state, KillStage stage, TimeSpan grace, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var podIp = state.Sandbox?.Ips is [var ip, ..] ? ip : "";
        var sidecars = new List<(Container Spec, ContainerInstance Instance)>();
        var others = new List<Task>();
        foreach (var instance in state.Containers.Where(c => c.State is InstanceState.Running or InstanceState.Unknown))
        {
            var found = pod.FindContainer(instance.Name);
            if (found is { Kind: ContainerKind.Sidecar } sidecar)
                sidecars.Add((sidecar.Container, instance));
            else
                others.Add(KillAsync(pod, found?.Container, found?.Kind ?? ContainerKind.Regular, instance, stage, grace, podIp, ct));
        }

        await Task.WhenAll(others);
        var order = pod.Spec.InitContainers.Select(c => c.Name).ToList();
        foreach (var (spec, instance) in sidecars.OrderByDescending(s => order.IndexOf(s.Spec.Name)))
        {
            var left = grace - clock.GetElapsedTime(began);
            await KillAsync(pod, spec, ContainerKind.Sidecar, instance, stage, left > TimeSpan.Zero ? left : TimeSpan.Zero, podIp, ct);
        }
    }

    private Task KillAsync(
        Pod pod, Container? spec, ContainerKind kind, ContainerInstance instance, KillStage stage, TimeSpan grace, string podIp, CancellationToken ct) =>
        stage == KillStage.First
            ? KillAsync(pod, spec, kind, instance, "", grace, podIp, ct)
            : runtime.StopContainerAsync(instance.Id, grace > Least ? grace : Least, ct);

    private async Task RunPreStopAsync(
        Pod pod, Container spec, ContainerKind kind, LifecycleHandler preStop, ContainerInstance instance, TimeSpan grace, string podIp, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(grace, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            await hooks.RunAsync(preStop, spec, instance.Id, podIp, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            PreStopTooLong(pod.Metadata.Namespace, pod.Metadata.Name, spec.Name);
        }
        catch (HookException e)
        {
            PreStopFailed(e, pod.Metadata.Namespace, pod.Metadata.Name, spec.Name);

            // The hook's output stays in the node's log: an event is read by more people than may read a secret.
            events.Record(pod, "Warning", "FailedPreStopHook", "PreStopHook failed", PodContainers.FieldPath(kind, spec.Name));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The preStop hook of container {Container} of pod {Namespace}/{Pod} took longer than the grace period")]
    private partial void PreStopTooLong(string @namespace, string pod, string container);

    [LoggerMessage(2, LogLevel.Warning, "The preStop hook of container {Container} of pod {Namespace}/{Pod} failed")]
    private partial void PreStopFailed(Exception e, string @namespace, string pod, string container);
}
