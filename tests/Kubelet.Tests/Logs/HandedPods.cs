using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Logs;

/// <summary>The node's pods out of a test's hand.</summary>
internal sealed class HandedPods : IPods
{
    public List<Pod> Pods { get; } = [];

    /// <summary>By container name.</summary>
    public Dictionary<string, string> Ids { get; } = [];

    public Dictionary<string, string> Logs { get; } = [];

    public IReadOnlyCollection<Pod> All => Pods;

    public Pod? Find(string ns, string name) => Pods.FirstOrDefault(p => p.Metadata.Namespace == ns && p.Metadata.Name == name);

    public string? ContainerId(Pod pod, string container, bool isPrevious) => Ids.GetValueOrDefault(container);

    public string? SandboxId(Pod pod) => "sandbox";

    public string? LogPath(Pod pod, string container, bool isPrevious) => Logs.GetValueOrDefault(container);

    public void Wake(string podUid)
    {
    }
}
