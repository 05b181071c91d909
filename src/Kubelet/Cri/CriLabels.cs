namespace KubeSharp.Kubelet.Cri;

/// <summary>The labels by which kubelets, crictl and metrics agents recognise whose a sandbox or container is.</summary>
internal static class CriLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";
}
