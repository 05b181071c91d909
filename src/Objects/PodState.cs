using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects;

/// <summary>What is often asked about a pod.</summary>
public static class PodState
{
    public static bool IsReady(this Pod pod) => pod.Status.Conditions.IsTrue("Ready");

    /// <summary>Whether the pod has ended and will never run again.</summary>
    public static bool IsTerminal(this Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>An init container that goes on running beside the containers proper.</summary>
    public static bool IsSidecar(this Container initContainer) => initContainer.RestartPolicy == "Always";
}
