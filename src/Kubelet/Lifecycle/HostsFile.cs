using System.Text;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>A pod's /etc/hosts.</summary>
internal static class HostsFile
{
    public static string Of(Pod pod, NodeFacts facts, IReadOnlyList<string> podIps, string nodeHosts)
    {
        var text = new StringBuilder();
        if (pod.Spec.HostNetwork)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(nodeHosts);
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n")
                .Append("127.0.0.1\tlocalhost\n")
                .Append("::1\tlocalhost ip6-localhost ip6-loopback\n")
                .Append("fe00::0\tip6-localnet\n")
                .Append("fe00::0\tip6-mcastprefix\n")
                .Append("fe00::1\tip6-allnodes\n")
                .Append("fe00::2\tip6-allrouters\n");
            var (host, domain) = (Hostnames.HostOf(pod), Hostnames.DomainOf(pod, facts));
            foreach (var ip in podIps)
                text.Append(ip).Append('\t').Append(domain.Length > 0 ? $"{host}.{domain}\t{host}" : host).Append('\n');
        }

        if (pod.Spec.HostAliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            foreach (var alias in pod.Spec.HostAliases)
                text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames).Append('\n');
        }

        return text.ToString();
    }
}
