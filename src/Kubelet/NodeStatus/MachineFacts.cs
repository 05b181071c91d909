using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeSharp.Kubelet.NodeStatus;

/// <summary>What the machine says of itself.</summary>
internal static class MachineFacts
{
    public const string KubeletVersion = "v1.36.0+kubesharp";

    /// <param name="runtime">Name and version as CRI tells them: <c>containerd://1.6.20</c>; empty before it has answered.</param>
    public static NodeSystemInfo Read(string runtime)
    {
        var machineId = FirstLine("/etc/machine-id");
        var systemUuid = FirstLine("/sys/class/dmi/id/product_uuid");
        return new()
        {
            MachineID = machineId,
            SystemUUID = systemUuid.Length > 0 ? systemUuid : machineId,
            BootID = FirstLine("/proc/sys/kernel/random/boot_id"),
            KernelVersion = FirstLine("/proc/sys/kernel/osrelease"),
            OsImage = PrettyName(),
            ContainerRuntimeVersion = runtime,
            KubeletVersion = KubeletVersion,
            OperatingSystem = "linux",
            Architecture = GoArchitecture,
        };
    }

    /// <summary>The architecture as Go and images name it.</summary>
    public static string GoArchitecture => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>How many processes and threads the kernel allows.</summary>
    public static long MaxProcesses() => Math.Min(Number("/proc/sys/kernel/pid_max"), Number("/proc/sys/kernel/threads-max"));

    /// <summary>How many processes and threads there are: the fourth field of loadavg, <c>2/345</c>.</summary>
    public static long RunningProcesses() =>
        long.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[1], CultureInfo.InvariantCulture);

    private static long Number(string path) => long.TryParse(FirstLine(path), CultureInfo.InvariantCulture, out var value) ? value : long.MaxValue;

    private static string PrettyName()
    {
        const string Key = "PRETTY_NAME=";
        foreach (var path in (string[])["/etc/os-release", "/usr/lib/os-release"])
        {
            if (File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) is { } line)
                return line[Key.Length..].Trim('"', '\'');
        }

        return "Linux";
    }

    private static string FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
