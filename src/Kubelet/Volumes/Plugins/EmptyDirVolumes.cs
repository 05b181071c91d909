using KubeSharp.Kubelet.Resources;

namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>emptyDir</c>: a directory that lives as long as the pod, on disk or in memory.</summary>
internal sealed class EmptyDirVolumes(NodeResources node) : IVolumePlugin
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    public string Directory => "kubernetes.io~empty-dir";

    public bool Serves(Volume volume) => volume.EmptyDir is not null;

    public Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        // Its owner and mode are set once: what the pod made of them since is its own affair.
        var group = pod.Spec.SecurityContext?.FsGroup;
        switch (volume.EmptyDir?.Medium)
        {
            case "Memory":
                if (TmpfsDirectory.Ensure(directory, Everybody, MemorySize(pod, volume.EmptyDir.SizeLimit)))
                    VolumeOwnership.Apply(directory, group, FileAccess.ReadWrite);
                break;
            case "" or null:
                if (!System.IO.Directory.Exists(directory))
                    Make(directory, group);
                break;
            default:
                throw new VolumeSetupException($"unknown storage medium \"{volume.EmptyDir.Medium}\"");
        }

        return Task.FromResult(directory);
    }

    /// <summary>Made under another name and renamed: a crash in between leaves nothing half made.</summary>
    private static void Make(string directory, long? group)
    {
        var part = directory + ".new";
        System.IO.Directory.CreateDirectory(part);
        File.SetUnixFileMode(part, Everybody);
        VolumeOwnership.Apply(part, group, FileAccess.ReadWrite);
        System.IO.Directory.Move(part, directory);
    }

    /// <summary>The least of its own limit, the pod's memory limit and the node's memory: what is written there counts as memory.</summary>
    private long MemorySize(Pod pod, Quantity? limit)
    {
        var size = node.Allocatable["memory"].Value;
        if (PodDemand.Limit(pod, "memory") is { } podLimit)
            size = Math.Min(size, podLimit.Value);
        return limit is { IsZero: false } own ? Math.Min(size, own.Value) : size;
    }
}
