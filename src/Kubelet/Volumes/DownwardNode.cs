using KubeSharp.Kubelet.Resources;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>What the downward API tells of the node.</summary>
/// <param name="Addresses">The node's addresses, for hostIP and hostIPs.</param>
internal sealed record DownwardNode(NodeResources Resources, IReadOnlyList<string> Addresses);
