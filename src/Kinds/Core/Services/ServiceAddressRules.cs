using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core.Services;

/// <summary>The address fields of a Service among themselves: clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy.</summary>
public static class ServiceAddressRules
{
    private const string Addresses = "spec.clusterIPs";
    private const string Families = "spec.ipFamilies";
    private const string Policy = "spec.ipFamilyPolicy";
    private const string Fixed = "may not change once set";

    /// <summary>What is wrong whatever the cluster is like. Nothing is asked of ExternalName: it has none of these fields.</summary>
    public static void Validate(ServiceSpec spec, Findings findings)
    {
        if (spec.Type == "ExternalName")
            return;

        BothFields(spec, findings);
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            var family = spec.IpFamilies[i];
            if (family is not ("IPv4" or "IPv6"))
                findings.NotSupported($"{Families}[{i}]", family, "IPv4", "IPv6");
            if (spec.IpFamilies.Take(i).Contains(family))
                findings.Duplicate($"{Families}[{i}]", family);
        }

        if (spec.IpFamilyPolicy is not (null or "SingleStack" or "PreferDualStack" or "RequireDualStack"))
            findings.NotSupported(Policy, spec.IpFamilyPolicy, "PreferDualStack", "RequireDualStack", "SingleStack");

        // What follows would speak of places that are not where they should be.
        if (!AreAddresses(spec, findings))
            return;

        if (spec.ClusterIPs.Count > 1 && (spec.ClusterIPs.Count > 2 || AddressRules.IsIpv6(spec.ClusterIPs[0]) == AddressRules.IsIpv6(spec.ClusterIPs[1])))
            findings.Invalid(Addresses, spec.ClusterIPs, "may specify no more than one IP for each IP family");
        if (!IsHeadless(spec))
            OfTheirFamilies(spec, findings);
    }

    /// <summary>The first address and family stay; the second may come, and goes when the policy says so.</summary>
    public static void ValidateUpdate(ServiceSpec old, ServiceSpec spec, Findings findings)
    {
        if (old.Type == "ExternalName" || spec.Type == "ExternalName")
            return;

        if (!IsHeadless(old) || !IsHeadless(spec))
            AddressesStay(old, spec, findings);
        // Without an address families may change; what becomes or stops being headless is refused by its address.
        if (!IsHeadless(old) && !IsHeadless(spec))
            FamiliesStay(old, spec, findings);
    }

    private static bool IsHeadless(ServiceSpec spec) => spec.ClusterIPs is ["None"];

    private static void BothFields(ServiceSpec spec, Findings findings)
    {
        if (spec.ClusterIP.Length == 0)
        {
            if (spec.ClusterIPs.Count > 0)
                findings.Invalid(Addresses, spec.ClusterIPs, "must be empty when `clusterIP` is not specified");
        }
        else if (spec.ClusterIPs.Count == 0)
        {
            findings.Required(Addresses);
        }
        else if (spec.ClusterIPs[0] != spec.ClusterIP)
        {
            findings.Invalid(Addresses, spec.ClusterIPs, "first value must match `clusterIP`");
        }
    }

    private static bool AreAddresses(ServiceSpec spec, Findings findings)
    {
        var areAll = true;
        for (var i = 0; i < spec.ClusterIPs.Count; i++)
        {
            var address = spec.ClusterIPs[i];
            if (i == 0 && address == "None")
            {
                if (spec.ClusterIPs.Count == 1)
                    continue;

                findings.Invalid(Addresses, spec.ClusterIPs, "'None' must be the first and only value");
                areAll = false;
                continue;
            }

            findings.Ip($"{Addresses}[{i}]", address);
            areAll &= AddressRules.IsIp(address);
        }

        if (spec.ClusterIPs.Count > 2)
            findings.Invalid(Addresses, spec.ClusterIPs, "may only hold up to 2 values");
        return areAll;
    }

    private static void OfTheirFamilies(ServiceSpec spec, Findings findings)
    {
        for (var i = 0; i < Math.Min(spec.ClusterIPs.Count, spec.IpFamilies.Count); i++)
        {
            var (address, family) = (spec.ClusterIPs[i], spec.IpFamilies[i]);
            if ((family == "IPv4" && AddressRules.IsIpv6(address)) || (family == "IPv6" && !AddressRules.IsIpv6(address)))
                findings.Invalid($"{Addresses}[{i}]", address, $"expected an {family} value as indicated by `ipFamilies[{i}]`");
        }
    }

    private static void AddressesStay(ServiceSpec old, ServiceSpec spec, Findings findings)
    {
        var (was, now) = (old.ClusterIPs, spec.ClusterIPs);
        if (was.Count == now.Count)
        {
            for (var i = 0; i < was.Count; i++)
            {
                if (was[i] != now[i])
                    findings.Invalid($"{Addresses}[{i}]", now, Fixed);
            }

            return;
        }

        if (now.Count == 0)
            findings.Invalid($"{Addresses}[0]", now, "primary clusterIP can not be unset");
        else if (was.Count > 0 && was[0] != now[0])
            findings.Invalid($"{Addresses}[0]", now, Fixed);
        if (was.Count > now.Count && now.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
            findings.Invalid(Policy, spec.IpFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary clusterIP");
    }

    private static void FamiliesStay(ServiceSpec old, ServiceSpec spec, Findings findings)
    {
        var (was, now) = (old.IpFamilies, spec.IpFamilies);
        if (was.Count == now.Count)
        {
            foreach (var _ in was.Where((f, i) => f != now[i]))
                findings.Invalid($"{Families}[0]", now, Fixed);
            return;
        }

        if (was.Count > now.Count && spec.ClusterIPs.Count == 0)
            findings.Invalid($"{Families}[0]", now, "primary ipFamily can not be unset");
        if (was.Count > 0 && now.Count > 0 && was[0] != now[0])
            findings.Invalid($"{Families}[0]", spec.ClusterIPs, Fixed);
        if (was.Count > now.Count && now.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
            findings.Invalid(Policy, spec.IpFamilyPolicy, "must be set to 'SingleStack' when releasing the secondary ipFamily");
    }
}
