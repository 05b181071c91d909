using System.Net;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>The node's resolv.conf as pods can use it.</summary>
internal static class NodeResolver
{
    /// <summary>Where systemd-resolved writes the servers that it asks itself.</summary>
    private const string BehindResolved = "/run/systemd/resolve/resolv.conf";

    /// <summary>
    /// The file's text; where it names only servers on this machine's loopback (systemd-resolved's 127.0.0.53), which is another loopback
    /// inside a pod, the text of the file with the servers behind them.
    /// </summary>
    /// <returns>Empty if there is no such file.</returns>
    public static string Read(string path, string behind = BehindResolved)
    {
        if (!File.Exists(path))
            return "";

        var text = File.ReadAllText(path);
        var servers = Servers(text).ToList();
        return servers.Count > 0 && servers.TrueForAll(IPAddress.IsLoopback) && File.Exists(behind) ? File.ReadAllText(behind) : text;
    }

    private static IEnumerable<IPAddress> Servers(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is ["nameserver", var server, ..] && IPAddress.TryParse(server, out var address))
                yield return address;
        }
    }
}
