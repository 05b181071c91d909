using System.CommandLine;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Config;
using KubeSharp.Store;

namespace KubeSharp.Host;

/// <summary>
/// <c>kubesharp backup DIR</c> and <c>kubesharp restore DIR</c>: all objects and keys of a cluster, copied while it runs, and a cluster
/// made of the copy. What runs on the node and the images are not in it.
/// </summary>
internal static class BackupCommand
{
    private const string Store = "state.db";
    private const string Keys = "pki";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static Command CreateBackup() => Create("backup", "Copy all objects and keys into a new directory, while the server runs or not", Write);

    public static Command CreateRestore() => Create("restore", "Make the data of a server from a backup; clients that watch are told to list again", Restore);

    private static Command Create(string name, string text, Func<ServerOptions, string, string> run)
    {
        var flags = new ServerFlags();
        var directory = new Argument<string>("directory") { Description = "Where the backup is" };
        var command = new Command(name, text) { directory };
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        command.SetAction(result =>
        {
            try
            {
                Console.WriteLine(run(flags.Read(result), Path.GetFullPath(result.GetValue(directory)!)));
                return 0;
            }
            catch (Exception e) when (e is StartException or StoreException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"kubesharp: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static string Write(ServerOptions options, string directory)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw new StartException($"{directory} is not empty: each backup needs a directory of its own");

        Directory.CreateDirectory(directory, Owner);
        StoreBackup.Write(Path.Combine(options.DataDir, Store), Path.Combine(directory, Store));
        CopyKeys(Path.Combine(options.DataDir, Keys), Path.Combine(directory, Keys));
        var key = options.EncryptionConfigFile.Length > 0
            ? $" What is encrypted in it can only be read with {options.EncryptionConfigFile}, which is not in it: keep that too, in another place."
            : "";
        return $"Wrote {directory}. It holds every secret of the cluster: keep it safe.{key}";
    }

    private static string Restore(ServerOptions options, string directory)
    {
        if (InstanceLock.RunningIn(options.RunDir) is { } pid)
            throw new StartException($"the server runs (pid {pid}): stop it first, with kubesharp down");

        var keys = Path.Combine(options.DataDir, Keys);
        if (Directory.Exists(keys))
            throw new StartException($"there are keys in {keys} already. Move them away to restore others in their place");

        StoreBackup.Restore(Path.Combine(directory, Store), Path.Combine(options.DataDir, Store), TimeProvider.System);
        CopyKeys(Path.Combine(directory, Keys), keys);
        return $"Restored {options.DataDir} from {directory}. Start the server.";
    }

    private static void CopyKeys(string from, string to)
    {
        Directory.CreateDirectory(to, Owner);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file))); // with its mode
    }
}
