using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>A pod's /etc/resolv.conf.</summary>
internal static class DnsConfigs
{
    private const int MaxServers = 3;
    private const int MaxSearches = 32;

    /// <param name="resolvConf">The text of the node's own resolv.conf.</param>
    public static DNSConfig Of(Pod pod, NodeFacts facts, string resolvConf)
    {
        var config = pod.Spec.DnsPolicy switch
        {
            "None" => new DNSConfig(),
            "Default" => Parse(resolvConf),
            "ClusterFirstWithHostNet" => OfCluster(pod, facts, resolvConf),

            // On the host network the cluster's DNS must be asked for by name.
            _ => pod.Spec.HostNetwork ? Parse(resolvConf) : OfCluster(pod, facts, resolvConf),
        };
        if (pod.Spec.DnsConfig is { } own)
            Merge(config, own);
        return Limited(config);
    }

    private static DNSConfig OfCluster(Pod pod, NodeFacts facts, string resolvConf)
    {
        var node = Parse(resolvConf);
        if (facts.ClusterDns.Count == 0)
            return node;

        var config = new DNSConfig { Servers = { facts.ClusterDns }, Options = { "ndots:5" } };
        string[] cluster = [$"{pod.Metadata.Namespace}.svc.{facts.ClusterDomain}", $"svc.{facts.ClusterDomain}", facts.ClusterDomain];
        config.Searches.AddRange(cluster.Concat(node.Searches).Distinct());
        return config;
    }

    private static void Merge(DNSConfig config, PodDNSConfig own)
    {
        config.Servers.AddRange(own.Nameservers.Where(s => !config.Servers.Contains(s)).Distinct().ToList());
        config.Searches.AddRange(own.Searches.Where(s => !config.Searches.Contains(s)).Distinct().ToList());
        foreach (var option in own.Options)
        {
            for (var i = config.Options.Count - 1; i >= 0; i--)
            {
                if (config.Options[i].Split(':')[0] == option.Name)
                    config.Options.RemoveAt(i);
            }

            config.Options.Add(string.IsNullOrEmpty(option.Value) ? option.Name : $"{option.Name}:{option.Value}");
        }
    }

    private static DNSConfig Limited(DNSConfig config)
    {
        while (config.Servers.Count > MaxServers)
            config.Servers.RemoveAt(MaxServers);
        while (config.Searches.Count > MaxSearches)
            config.Searches.RemoveAt(MaxSearches);
        return config;
    }

    private static DNSConfig Parse(string resolvConf)
    {
        var config = new DNSConfig();
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..]:
                    config.Servers.Add(server);
                    break;
                case ["search", .. var searches]:
                    config.Searches.Clear(); // the last line wins, as in the resolver
                    config.Searches.AddRange(searches.Select(s => s == "." ? s : s.TrimEnd('.')));
                    break;
                case ["options", .. var options]:
                    config.Options.Clear();
                    config.Options.AddRange(options);
                    break;
            }
        }

        return config;
    }
}
