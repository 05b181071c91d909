using KubeSharp.Client;
using KubeSharp.Kubelet.Volumes.Plugins;

namespace KubeSharp.Kubelet.Volumes;

/// <summary>The sorts of volumes this node can make.</summary>
internal static class VolumePlugins
{
    public static IReadOnlyList<IVolumePlugin> All(IClient client, IReferencedObjects objects, PodTokens tokens, DownwardNode node, TimeProvider clock) =>
    [
        new ProjectedVolumes(objects, tokens, node, clock),
        new ConfigMapVolumes(objects, clock),
        new SecretVolumes(objects, clock),
        new EmptyDirVolumes(node.Resources),
        new HostPathVolumes(),
        new DownwardApiVolumes(node, clock),
        new ClaimVolumes(client),
    ];
}
