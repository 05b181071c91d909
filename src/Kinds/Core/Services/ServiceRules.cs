using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core.Services;

/// <summary>What upstream's <c>ValidateService</c> refuses.</summary>
internal static class ServiceRules
{
    private const int MaxAffinitySeconds = 86_400;
    private const string NotForNames = "may not be set for ExternalName services";

    public static void Validate(Service obj, Findings findings)
    {
        var spec = obj.Spec;
        var isHeadless = spec.ClusterIP == "None";
        if (spec.Ports.Count == 0 && !isHeadless && spec.Type != "ExternalName")
            findings.Required("spec.ports");

        ByType(spec, isHeadless, findings);
        ServicePortRules.Validate(spec, isHeadless, findings);
        Selector(spec, findings);
        Affinity(spec, findings);
        for (var i = 0; i < spec.ExternalIPs.Count; i++)
            External(spec.ExternalIPs[i], $"spec.externalIPs[{i}]", findings);
        SourceRanges(spec, findings);
        Traffic(spec, findings);
        BalancerClass(spec, findings);
        ServiceAddressRules.Validate(spec, findings);
    }

    private static void ByType(ServiceSpec spec, bool isHeadless, Findings findings)
    {
        switch (spec.Type)
        {
            case "":
                findings.Required("spec.type");
                break;
            case "LoadBalancer" or "NodePort":
                if (isHeadless)
                    findings.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {spec.Type} services");
                break;
            case "ExternalName":
                if (spec.ClusterIPs.Count > 0)
                    findings.Forbidden("spec.clusterIPs", NotForNames);
                if (spec.IpFamilies.Count > 0)
                    findings.Forbidden("spec.ipFamilies", NotForNames);
                if (spec.IpFamilyPolicy is not null)
                    findings.Forbidden("spec.ipFamilyPolicy", NotForNames);
                if (spec.ExternalName.Length == 0)
                    findings.Required("spec.externalName");
                else
                {
                    foreach (var problem in NameRules.Dns1123Subdomain(spec.ExternalName.TrimEnd('.')))
                        findings.Invalid("spec.externalName", spec.ExternalName, problem);
                }

                break;
            case "ClusterIP":
                break;
            default:
                findings.NotSupported("spec.type", spec.Type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
                break;
        }
    }

    private static void Selector(ServiceSpec spec, Findings findings)
    {
        foreach (var (key, value) in spec.Selector)
        {
            foreach (var problem in NameRules.QualifiedName(key))
                findings.Invalid("spec.selector", key, problem);
            foreach (var problem in NameRules.LabelValue(value))
                findings.Invalid("spec.selector", value, problem);
        }
    }

    private static void Affinity(ServiceSpec spec, Findings findings)
    {
        if (spec.SessionAffinity.Length == 0)
            findings.Required("spec.sessionAffinity");
        else if (spec.SessionAffinity is not ("None" or "ClientIP"))
            findings.NotSupported("spec.sessionAffinity", spec.SessionAffinity, "ClientIP", "None");
        else if (spec is { SessionAffinity: "ClientIP", SessionAffinityConfig.ClientIP.TimeoutSeconds: { } seconds } && seconds is <= 0 or > MaxAffinitySeconds)
            findings.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", spec.SessionAffinityConfig!.ClientIP!.TimeoutSeconds, $"must be greater than 0 and less than {MaxAffinitySeconds}");
    }

    private static void External(string ip, string field, Findings findings)
    {
        findings.Ip(field, ip);
        if (AddressRules.IsIp(ip))
            EndpointAddressRules.NonSpecial(ip, field, findings);
    }

    private static void SourceRanges(ServiceSpec spec, Findings findings)
    {
        if (spec.LoadBalancerSourceRanges.Count == 0)
            return;

        if (spec.Type != "LoadBalancer")
            findings.Forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            var range = spec.LoadBalancerSourceRanges[i];
            if (!AddressRules.IsCidr(range.Trim()))
                findings.Invalid($"spec.LoadBalancerSourceRanges[{i}]", range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }

    private static void BalancerClass(ServiceSpec spec, Findings findings)
    {
        if (spec.LoadBalancerClass is not { } name)
            return;

        if (spec.Type == "LoadBalancer")
            findings.Each("spec.loadBalancerClass", name, NameRules.QualifiedName(name));
        else
            findings.Forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
    }

    private static void Traffic(ServiceSpec spec, Findings findings)
    {
        var isExternal = spec.Type is "NodePort" or "LoadBalancer" || (spec.Type == "ClusterIP" && spec.ExternalIPs.Count > 0);
        if (isExternal && spec.ExternalTrafficPolicy.Length == 0)
            findings.Required("spec.externalTrafficPolicy");
        else if (spec.ExternalTrafficPolicy.Length > 0 && !isExternal)
            findings.Invalid("spec.externalTrafficPolicy", spec.ExternalTrafficPolicy, "may only be set for externally-accessible services");
        else if (spec.ExternalTrafficPolicy is not ("" or "Cluster" or "Local"))
            findings.NotSupported("spec.externalTrafficPolicy", spec.ExternalTrafficPolicy, "Cluster", "Local");

        if (spec.HealthCheckNodePort < 0)
            findings.Invalid("spec.healthCheckNodePort", spec.HealthCheckNodePort, "must be between 1 and 65535, inclusive");
        else if (spec.HealthCheckNodePort > 0 && spec is not { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" })
            findings.Invalid("spec.healthCheckNodePort", spec.HealthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");

        if (spec.InternalTrafficPolicy is not (null or "Cluster" or "Local"))
            findings.NotSupported("spec.internalTrafficPolicy", spec.InternalTrafficPolicy, "Cluster", "Local");
        if (spec.AllocateLoadBalancerNodePorts is not null && spec.Type != "LoadBalancer")
            findings.Forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
        if (spec.TrafficDistribution is not (null or "PreferClose" or "PreferSameZone" or "PreferSameNode"))
            findings.NotSupported("spec.trafficDistribution", spec.TrafficDistribution, "PreferClose", "PreferSameNode", "PreferSameZone");
    }
}
