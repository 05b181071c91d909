using KubeSharp.Kubelet.Pods;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>Pods for tests, as the API server would have completed them.</summary>
internal static class PodsOf
{
    public static Pod One(string name, params Container[] containers) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = $"uid-{name}", Generation = 1 },
        Spec = new()
        {
            NodeName = "node-1",
            RestartPolicy = "Always",
            DnsPolicy = "ClusterFirst",
            TerminationGracePeriodSeconds = 30,
            Containers = containers.Length > 0 ? containers : [Named("web")],
        },
        Status = new() { Phase = "Pending", QosClass = "BestEffort" },
    };

    public static Container Named(string name, string image = "image:1") => new()
    {
        Name = name,
        Image = image,
        ImagePullPolicy = "IfNotPresent",
        TerminationMessagePath = "/dev/termination-log",
        TerminationMessagePolicy = "File",
    };

    public static Probe ProbeEvery(int seconds, int failureThreshold = 3) => new()
    {
        Exec = new() { Command = ["check"] },
        PeriodSeconds = seconds,
        TimeoutSeconds = 1,
        SuccessThreshold = 1,
        FailureThreshold = failureThreshold,
    };

    public static Pod With(this Pod pod, Func<PodSpec, PodSpec> change) => pod with { Spec = change(pod.Spec) };

    public static string Hash(Container container) => ContainerHash.Of(container);
}
