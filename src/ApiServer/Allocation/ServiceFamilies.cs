using System.Net.Sockets;
using KubeSharp.Kinds.Core.Services;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>Chooses the address families of a Service where it leaves them open, and refuses what this cluster does not have. Pure.</summary>
/// <remarks>A Service never becomes single- or dual-stack because the cluster did: only ipFamilyPolicy, or a second address or family, says so.</remarks>
internal sealed class ServiceFamilies(ApiServerOptions options)
{
    private const string V4 = "IPv4";
    private const string V6 = "IPv6";
    private const string Policy = "spec.ipFamilyPolicy";
    private const string Single = "SingleStack";
    private const string Prefer = "PreferDualStack";
    private const string Require = "RequireDualStack";

    private readonly string _first = options.ServiceCidr.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? V6 : V4;

    private bool IsDual => options.SecondServiceCidr is not null;

    /// <exception cref="ApiException">422: the wishes contradict each other or the cluster.</exception>
    public Service Fill(Service? old, Service service)
    {
        if (service.Spec.Type == "ExternalName")
            return service;

        var was = old is null ? null : Known(old.Spec);
        if (was is not null && IsSettled(was, service.Spec))
            return service;

        var findings = new Findings();
        var spec = service.Spec with { IpFamilyPolicy = service.Spec.IpFamilyPolicy ?? was?.IpFamilyPolicy ?? (IsOpen(service.Spec) ? Require : Single) };
        ServiceAddressRules.Validate(spec, findings);
        Refuse();
        if (was is not null)
            spec = Changed(was, spec, findings);
        CheckPolicy(spec, findings);
        spec = WithFamiliesOfAddresses(spec, findings);
        Refuse();
        if (!IsOpen(spec))
        {
            CheckCluster(spec, findings);
            Refuse();
        }

        return service with { Spec = spec with { IpFamilies = Families(spec) } };

        void Refuse()
        {
            if (findings.Any)
                throw ApiException.Invalid("", "Service", service.Metadata.Name, findings);
        }
    }

    /// <summary>Headless and without a selector: whoever fills in the endpoints may use either family, on any cluster.</summary>
    private static bool IsOpen(ServiceSpec spec) => spec is { ClusterIP: ServiceNeeds.None, Selector.Count: 0 };

    /// <summary>What prefers dual stack and changes nothing about it stays as it is, whatever has become of the cluster.</summary>
    public static bool IsSettled(ServiceSpec old, ServiceSpec spec) =>
        old.Type == spec.Type && spec.IpFamilyPolicy == Prefer && (old.IpFamilyPolicy ?? Prefer) == Prefer
        && spec.ClusterIPs.SequenceEqual(old.ClusterIPs) && spec.IpFamilies.SequenceEqual(old.IpFamilies);

    /// <summary>Services of before there were families have those of their addresses.</summary>
    private ServiceSpec Known(ServiceSpec old)
    {
        if (old.Type == "ExternalName" || old.IpFamilies.Count > 0)
            return old;
        if (IsOpen(old))
            return old with { IpFamilyPolicy = Require, IpFamilies = [_first, Other(_first)] };

        IReadOnlyList<string> families = old.ClusterIP == ServiceNeeds.None ? [_first] : [.. old.ClusterIPs.Select(FamilyOf)];
        return old with { IpFamilies = families, IpFamilyPolicy = families.Count > 1 ? Require : Single };
    }

    private static ServiceSpec Changed(ServiceSpec old, ServiceSpec spec, Findings findings)
    {
        if (spec.IpFamilyPolicy == Single)
        {
            // The first address stays; to ask for a single stack is to let the second go.
            if (spec.ClusterIPs.Count > 1 && spec.ClusterIPs.SequenceEqual(old.ClusterIPs))
                spec = spec with { ClusterIPs = [spec.ClusterIPs[0]] };
            if (spec.IpFamilies.Count > 1 && spec.IpFamilies.SequenceEqual(old.IpFamilies))
                spec = spec with { IpFamilies = [spec.IpFamilies[0]] };
            return spec;
        }

        if (spec.ClusterIPs.Count > 0 && spec.ClusterIPs.Count < old.ClusterIPs.Count)
            findings.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP");
        if (spec.IpFamilies.Count > 0 && spec.IpFamilies.Count < old.IpFamilies.Count)
            findings.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary IP family");
        return spec;
    }

    private static void CheckPolicy(ServiceSpec spec, Findings findings)
    {
        if (spec.IpFamilyPolicy != Single)
            return;

        if (spec.ClusterIPs.Count == 2)
            findings.Invalid(Policy, Single, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
        if (spec.IpFamilies.Count == 2)
            findings.Invalid(Policy, Single, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
    }

    private ServiceSpec WithFamiliesOfAddresses(ServiceSpec spec, Findings findings)
    {
        if (spec.ClusterIPs is [] or [ServiceNeeds.None, ..])
            return spec;

        var families = spec.IpFamilies.ToList();
        for (var i = families.Count; i < spec.ClusterIPs.Count; i++)
        {
            var family = FamilyOf(spec.ClusterIPs[i]);
            if (Has(family))
                families.Add(family);
            else
                findings.Invalid($"spec.clusterIPs[{i}]", spec.ClusterIPs, $"{family} is not configured on this cluster");
        }

        return spec with { IpFamilies = families };
    }

    private void CheckCluster(ServiceSpec spec, Findings findings)
    {
        if (spec.IpFamilyPolicy == Require && !IsDual)
            findings.Invalid(Policy, Require, "this cluster is not configured for dual-stack services");
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            if (!Has(spec.IpFamilies[i]))
                findings.Invalid($"spec.ipFamilies[{i}]", spec.IpFamilies[i], "not configured on this cluster");
        }
    }

    private IReadOnlyList<string> Families(ServiceSpec spec)
    {
        var families = spec.IpFamilies.Count == 0 ? [_first] : spec.IpFamilies;
        return families.Count == 1 && spec.IpFamilyPolicy != Single && (IsDual || IsOpen(spec)) ? [families[0], Other(families[0])] : families;
    }

    private bool Has(string family) => IsDual || family == _first;

    private static string Other(string family) => family == V4 ? V6 : V4;

    private static string FamilyOf(string address) => address.Contains(':', StringComparison.Ordinal) ? V6 : V4;
}
