using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Pods;

namespace KubeSharp.Kubelet.Statuses;

/// <summary>The one word for where a pod is in its life.</summary>
internal static class PodPhase
{
    /// <param name="isEnding">Whether nothing will start in the pod any more, whatever its policy says.</param>
    public static string Of(Pod pod, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> regular, bool isEnding)
    {
        var isInitialized = regular.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        if (!isInitialized)
        {
            switch (InitOf(pod, init))
            {
                case InitState.Failed:
                    return "Failed";
                case InitState.Pending:
                    return "Pending";
            }
        }

        var (running, waiting, stopped, succeeded, restarting) = (0, 0, 0, 0, 0);
        for (var i = 0; i < regular.Count; i++)
        {
            var status = regular[i];
            if (status.State.Running is not null)
            {
                running++;
            }
            else if (status.State.Terminated is { } ended)
            {
                stopped++;
                if (ended.ExitCode == 0)
                    succeeded++;
                if (i < pod.Spec.Containers.Count && RestartRules.Restarts(pod, pod.Spec.Containers[i], ContainerKind.Regular, ended.ExitCode))
                    restarting++;
            }
            else if (status.LastState.Terminated is not null)
            {
                stopped++;
                restarting++;
            }
            else
            {
                waiting++;
            }
        }

        if (waiting > 0)
            return "Pending";
        if (running > 0)
            return "Running";
        if (stopped == 0)
            return "Pending";
        if (restarting > 0 && !isEnding)
            return "Running";
        return succeeded == stopped ? "Succeeded" : "Failed";
    }

    private enum InitState
    {
        Done,
        Pending,
        Failed,
    }

    private static InitState InitOf(Pod pod, IReadOnlyList<ContainerStatus> init)
    {
        var isPending = false;
        for (var i = 0; i < init.Count && i < pod.Spec.InitContainers.Count; i++)
        {
            var (spec, status) = (pod.Spec.InitContainers[i], init[i]);
            if (spec.IsSidecar())
            {
                isPending |= status.Started != true;
                continue;
            }

            var ended = status.State.Terminated;
            if (ended is { ExitCode: not 0 } && !RestartRules.Restarts(pod, spec, ContainerKind.Init, ended.ExitCode))
                return InitState.Failed;
            isPending |= ended is not { ExitCode: 0 };
        }

        return isPending ? InitState.Pending : InitState.Done;
    }
}
