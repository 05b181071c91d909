using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Volumes.Plugins;

/// <summary><c>hostPath</c>: a file or directory of the node itself.</summary>
internal sealed class HostPathVolumes : IVolumePlugin
{
    public string Directory => "kubernetes.io~host-path";

    public bool Serves(Volume volume) => volume.HostPath is not null;

    public Task<string> SetUpAsync(Pod pod, Volume volume, string directory, CancellationToken ct)
    {
        var source = volume.HostPath ?? HostPathVolumeSource.Empty;
        Check(source.Path, source.Type ?? "");
        return Task.FromResult(source.Path);
    }

    /// <exception cref="VolumeSetupException">What is there is not of that type.</exception>
    internal static void Check(string path, string type)
    {
        var status = FileStatus.OfTarget(path);
        switch (type)
        {
            case "":
                return;
            case "DirectoryOrCreate" when status is null:
                System.IO.Directory.CreateDirectory(path, (UnixFileMode)0b111_101_101);
                return;
            case "FileOrCreate" when status is null:
                CreateFile(path);
                return;
            case "Directory" or "DirectoryOrCreate":
                Demand(status, FileType.Directory, path, "is not a directory");
                return;
            case "File" or "FileOrCreate":
                Demand(status, FileType.Regular, path, "is not a file");
                return;
            case "Socket":
                Demand(status, FileType.Socket, path, "is not a socket file");
                return;
            case "CharDevice":
                Demand(status, FileType.CharacterDevice, path, "is not a character device");
                return;
            case "BlockDevice":
                Demand(status, FileType.BlockDevice, path, "is not a block device");
                return;
            default:
                throw new VolumeSetupException($"{type} is an invalid volume type");
        }
    }

    private static void CreateFile(string path)
    {
        // The file's directory must be there, as upstream.
        using (File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write))
            File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
    }

    private static void Demand(FileStatus? status, FileType wanted, string path, string complaint)
    {
        if (status?.Type != wanted)
            throw new VolumeSetupException($"hostPath type check failed: {path} {complaint}");
    }
}
