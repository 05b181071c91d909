using Google.Protobuf.Collections;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Lifecycle;
using Microsoft.Extensions.Logging;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Ends and removes what the runtime and the disk have of pods that the API does not have.</summary>
internal sealed partial class OrphanCleanUp(PodServices services, PodWorkers workers, ILogger<OrphanCleanUp> log)
{
    private const string Nameless = "orphan";

    /// <summary>Call it only when the API's pods are known: whoever is not among them then is an orphan.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // Runtime first, workers second: a sandbox is only ever made by a worker, so a new pod cannot be taken for an orphan.
        var sandboxes = await services.Runtime.ListSandboxesAsync(new(), ct);
        var containers = await services.Runtime.ListContainersAsync(new(), ct);
        var onDisk = services.Volumes.PodsOnDisk().Concat(services.Cgroups.PodsWithCgroup());
        var known = workers.All.Select(w => w.Uid).ToHashSet();
        var orphans = sandboxes.Select(s => s.Metadata?.Uid ?? "")
            .Concat(containers.Select(c => Label(c.Labels, CriLabels.PodUid)))
            .Concat(onDisk)
            .Where(uid => uid.Length > 0 && !known.Contains(uid))
            .Distinct()
            .ToList();
        await Task.WhenAll(orphans.Select(uid => TryRemoveAsync(uid, sandboxes, containers, ct)));
    }

    private async Task TryRemoveAsync(string uid, IReadOnlyList<PodSandbox> sandboxes, IReadOnlyList<Cri.Container> containers, CancellationToken ct)
    {
        try
        {
            await RemoveAsync(uid, [.. sandboxes.Where(s => s.Metadata?.Uid == uid)], [.. containers.Where(c => Label(c.Labels, CriLabels.PodUid) == uid)], ct);
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            RemoveFailed(e, uid); // the next clean-up tries again; other orphans go now
        }
    }

    private async Task RemoveAsync(string uid, List<PodSandbox> sandboxes, List<Cri.Container> containers, CancellationToken ct)
    {
        var pod = Restore(uid, sandboxes, containers);
        Removing(pod.Metadata.Namespace, pod.Metadata.Name, uid);
        var state = await services.Reader.ReadAsync(uid, PodRuntimeState.Empty, ct);
        await services.Killer.KillAllAsync(pod, state, KillStage.First, ContainerKiller.GraceOf(pod), ct);
        foreach (var sandbox in sandboxes)
        {
            await services.Runtime.StopSandboxAsync(sandbox.Id, ct);
            await services.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
        }

        foreach (var container in containers)
            await services.Runtime.RemoveContainerAsync(container.Id, ct);
        await services.Volumes.UnmountAsync(uid, ct);
        await services.Cgroups.RemoveAsync(uid, ct);
        if (pod.Metadata.Name != Nameless)
            DeadContainers.RemoveLogs(pod, services.Facts);
    }

    /// <summary>As much of the pod as its containers carry: enough to end it as it wished.</summary>
    private static Pod Restore(string uid, List<PodSandbox> sandboxes, List<Cri.Container> containers)
    {
        var labels = containers.Select(c => c.Labels).Concat(sandboxes.Select(s => s.Labels)).FirstOrDefault() ?? [];
        var annotations = containers.Select(c => c.Annotations).FirstOrDefault() ?? [];
        return new()
        {
            Metadata = new()
            {
                Name = labels.TryGetValue(CriLabels.PodName, out var name) ? name : Nameless,
                Namespace = Label(labels, CriLabels.PodNamespace),
                Uid = uid,
                DeletionGracePeriodSeconds = ContainerAnnotations.Seconds(annotations, ContainerAnnotations.PodDeletionGracePeriod),
            },
            Spec = new()
            {
                TerminationGracePeriodSeconds = ContainerAnnotations.Seconds(annotations, ContainerAnnotations.PodTerminationGracePeriod),
                Containers = [.. containers.DistinctBy(c => Label(c.Labels, CriLabels.ContainerName)).Select(ContainerOf)],
            },
        };
    }

    private static Container ContainerOf(Cri.Container c) => new()
    {
        Name = Label(c.Labels, CriLabels.ContainerName),
        Lifecycle = ContainerAnnotations.PreStopIn(c.Annotations) is { } preStop ? new() { PreStop = preStop } : null,
    };

    private static string Label(MapField<string, string> labels, string name) => labels.TryGetValue(name, out var value) ? value : "";

    [LoggerMessage(1, LogLevel.Information, "Removing pod {Namespace}/{Pod} ({Uid}), which the API does not have")]
    private partial void Removing(string @namespace, string pod, string uid);

    [LoggerMessage(2, LogLevel.Warning, "Removing pod {Uid}, which the API does not have, failed; trying again later")]
    private partial void RemoveFailed(Exception e, string uid);
}
