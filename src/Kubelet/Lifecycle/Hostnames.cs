namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>What a pod is called inside.</summary>
internal static class Hostnames
{
    private const int Longest = 63;

    public static string HostOf(Pod pod)
    {
        if (pod.Spec.HostnameOverride is { Length: > 0 } fixedName)
            return fixedName;

        var name = pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name;
        return name.Length <= Longest ? name : name[..Longest].TrimEnd('-', '.');
    }

    /// <summary>The rest of its full name; empty without a subdomain.</summary>
    public static string DomainOf(Pod pod, NodeFacts facts) => pod.Spec.Subdomain.Length == 0 || pod.Spec.HostnameOverride is { Length: > 0 }
        ? ""
        : $"{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc.{facts.ClusterDomain}";

    /// <summary>What <c>hostname</c> prints in the pod.</summary>
    public static string SandboxNameOf(Pod pod, NodeFacts facts)
    {
        var host = HostOf(pod);
        return pod.Spec.SetHostnameAsFQDN == true && DomainOf(pod, facts) is { Length: > 0 } domain ? $"{host}.{domain}" : host;
    }
}
