using System.Net;
using System.Net.Sockets;

namespace KubeSharp.Host.Config;

/// <summary>Checks options once, at start, and reports every problem together.</summary>
internal static class OptionsCheck
{
    private static readonly string[] Components = ["controllers", "scheduler", "kubelet", "proxy", "network"];

    public static IReadOnlyList<string> Problems(ServerOptions options)
    {
        var problems = new List<string>();
        Directory(options.DataDir, "--data-dir", problems);
        Directory(options.RunDir, "--run-dir", problems);
        Port(options.Port, "--https-listen-port", problems);
        Port(options.KubeletPort, "--kubelet-port", problems);
        Network(options.ClusterCidr, "--cluster-cidr", 24, problems);
        ServiceNetworks(options.ServiceCidr, problems);
        if (problems.Count == 0 && Overlap(IPNetwork.Parse(options.ClusterCidr), Networks(options.ServiceCidr)[0]))
            problems.Add($"--cluster-cidr {options.ClusterCidr} and --service-cidr {options.ServiceCidr} overlap; choose two separate networks");
        if (PortRange(options.NodePortRange) is null)
            problems.Add($"--service-node-port-range: \"{options.NodePortRange}\" is not a range of ports like 30000-32767");
        if (options.MaxRequests < 0 || options.MaxMutatingRequests < 0 || (long)options.MaxRequests + options.MaxMutatingRequests is < 1 or > int.MaxValue)
            problems.Add($"--max-requests-inflight {options.MaxRequests} and --max-mutating-requests-inflight {options.MaxMutatingRequests}: neither may be negative, and their sum must be positive");
        if (options is { ReloadsEncryptionConfig: true, EncryptionConfigFile: "" })
            problems.Add("--encryption-provider-config-automatic-reload must be set with --encryption-provider-config");
        if (options.LogFormat is not ("text" or "json"))
            problems.Add($"--log-format: \"{options.LogFormat}\" is neither text nor json");
        foreach (var name in options.Disable.Except(Components))
            problems.Add($"--disable: there is no component \"{name}\"; there are {string.Join(", ", Components)}");
        return problems;
    }

    /// <summary>The first and last port, or <see langword="null"/> if the text is no range.</summary>
    public static (int First, int Last)? PortRange(string text) =>
        text.Split('-') is [var a, var b] && ushort.TryParse(a, out var first) && ushort.TryParse(b, out var last) && first > 0 && first <= last
            ? (first, last)
            : null;

    private static void Directory(string path, string flag, List<string> problems)
    {
        if (!Path.IsPathRooted(path))
            problems.Add($"{flag}: \"{path}\" must be an absolute path");
    }

    private static void Port(int port, string flag, List<string> problems)
    {
        if (port is < 1 or > 65535)
            problems.Add($"{flag}: {port} is not a port number (1 to 65535)");
    }

    private static void Network(string text, string flag, int longest, List<string> problems)
    {
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
            problems.Add($"{flag}: \"{text}\" is not an IPv4 network like 10.42.0.0/16");
        else if (network.PrefixLength > longest)
            problems.Add($"{flag}: {text} is too small; it needs a prefix of /{longest} or shorter");
    }

    /// <summary>The networks of a comma-separated list that was found to be one.</summary>
    public static IReadOnlyList<IPNetwork> Networks(string text) => [.. text.Split(',').Select(t => IPNetwork.Parse(t.Trim()))];

    /// <summary>An IPv4 network, and for Services of two families an IPv6 network after it: pods and the proxy of this cluster speak IPv4.</summary>
    private static void ServiceNetworks(string text, List<string> problems)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        Network(parts[0], "--service-cidr", 28, problems);
        if (parts.Length == 1)
            return;

        if (parts.Length > 2 || !IPNetwork.TryParse(parts[1], out var second) || second.BaseAddress.AddressFamily != AddressFamily.InterNetworkV6)
            problems.Add($"--service-cidr: \"{text}\" is neither an IPv4 network nor an IPv4 and an IPv6 network like 10.43.0.0/16,fd00:43::/112");
        else if (second.PrefixLength is < 64 or > 124)
            problems.Add($"--service-cidr: {parts[1]} needs a prefix between /64 and /124");
    }

    private static bool Overlap(IPNetwork a, IPNetwork b) => a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress);
}
