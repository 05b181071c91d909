using KubeSharp.Host.Config;

namespace KubeSharp.Host.Bootstrap;

/// <summary>What a server needs from the machine, looked at before anything is started, so that the first message is the useful one.</summary>
internal static class Rights
{
    private const string ContainerdPackages = "containerd and runc";

    /// <exception cref="StartException">Something is missing; the message says what to do.</exception>
    public static void Check(ServerOptions options)
    {
        if (!options.Runs("kubelet"))
            return;

        if (!Environment.IsPrivilegedProcess)
            throw new StartException("a node needs root's rights for containers, cgroups and networks: run it as root, or leave the node out with --disable kubelet,network,proxy");

        if (options.RuntimeEndpoint.Length > 0)
        {
            var socket = options.RuntimeEndpoint.Replace("unix://", "", StringComparison.Ordinal);
            if (!File.Exists(socket))
                throw new StartException($"there is no container runtime at {options.RuntimeEndpoint}: start it first, or leave --container-runtime-endpoint out and kubesharp starts a containerd of its own");

            return;
        }

        foreach (var program in (string[])["containerd", "runc"])
        {
            if (!OnPath(program))
                throw new StartException($"{program} is not installed; on Debian: apt install {ContainerdPackages.Replace(" and ", " ", StringComparison.Ordinal)}. Or name a running runtime with --container-runtime-endpoint");
        }
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin", "/usr/local/sbin"]).Any(d => d.Length > 0 && File.Exists(Path.Combine(d, program)));
}
