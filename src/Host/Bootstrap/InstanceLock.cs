using System.Globalization;
using KubeSharp.Host.Config;

namespace KubeSharp.Host.Bootstrap;

/// <summary>One server per run directory: a lock the kernel releases when the process ends, however it ends, and its pid for scripts.</summary>
internal sealed class InstanceLock : IDisposable
{
    private const string LockName = "kubesharp.lock";
    private const string PidName = "kubesharp.pid";

    private readonly FileStream _lock;
    private readonly string _pidFile;

    private InstanceLock(FileStream file, string pidFile) => (_lock, _pidFile) = (file, pidFile);

    /// <exception cref="StartException">Another server has it, or the directory cannot be written.</exception>
    public static InstanceLock Take(string runDir)
    {
        FileStream file;
        try
        {
            Directory.CreateDirectory(runDir);
            file = new(Path.Combine(runDir, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"{runDir} cannot be written: run kubesharp as root, or choose another --run-dir", e);
        }
        catch (IOException e)
        {
            throw new StartException($"another kubesharp server runs with --run-dir {runDir} (pid {PidIn(runDir)?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}); stop it or choose another --run-dir and --data-dir", e);
        }

        var pidFile = Path.Combine(runDir, PidName);
        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new(file, pidFile);
    }

    /// <summary>The pid of the server that uses the directory, or <see langword="null"/> if none runs.</summary>
    public static int? RunningIn(string runDir)
    {
        try
        {
            using var _ = new FileStream(Path.Combine(runDir, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            return PidIn(runDir);
        }
    }

    public void Dispose()
    {
        File.Delete(_pidFile);
        _lock.Dispose();
    }

    private static int? PidIn(string runDir)
    {
        var path = Path.Combine(runDir, PidName);
        return File.Exists(path) && int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }
}
