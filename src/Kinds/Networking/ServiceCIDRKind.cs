using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.NetworkingV1;

namespace KubeSharp.Kinds.Networking;

/// <summary>All the API server knows about ServiceCIDRs: the ranges from which Services get their addresses.</summary>
internal sealed class ServiceCIDRKind : Kind<ServiceCIDR>
{
    private const string Ranges = "spec.cidrs";

    public override void Validate(ServiceCIDR obj, Findings findings)
    {
        var cidrs = obj.Spec.Cidrs;
        if (cidrs.Count == 0)
        {
            findings.Required(Ranges, "at least one CIDR required");
            return;
        }

        if (cidrs.Count > 2)
        {
            findings.TooMany(Ranges, cidrs.Count, 2);
            return;
        }

        if (cidrs is [var first, var second] && (!cidrs.All(AddressRules.IsCidr) || AddressRules.IsIpv6(first) == AddressRules.IsIpv6(second)))
        {
            findings.Invalid(Ranges, cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96");
            return;
        }

        for (var i = 0; i < cidrs.Count; i++)
            Range($"{Ranges}[{i}]", cidrs[i], findings);
    }

    /// <summary>Two ways to write one range would be two ranges.</summary>
    private static void Range(string field, string text, Findings findings)
    {
        findings.Cidr(field, text);
        if (!AddressRules.IsCidr(text) || AddressBlock.Find(text) is not { } block || text == block.ToString())
            return;

        var address = System.Net.IPAddress.Parse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)));
        if (address.IsIPv4MappedToIPv6)
            findings.Invalid(field, text, "must not have an IPv4-mapped IPv6 address");
        else if (!block.ToString().StartsWith(AddressBlock.Text(address) + "/", StringComparison.Ordinal))
            findings.Invalid(field, text, "must not have bits set beyond the prefix length");
        else
            findings.Invalid(field, text, $"must be in canonical form (\"{block}\")");
    }

    /// <summary>A range stays; the range of the other family may join it.</summary>
    public override void ValidateUpdate(ServiceCIDR old, ServiceCIDR obj, Findings findings)
    {
        var (was, now) = (old.Spec.Cidrs, obj.Spec.Cidrs);
        if (was.Count == now.Count || (was.Count == 1 && now.Count == 2))
        {
            for (var i = 0; i < was.Count; i++)
                findings.Immutable($"{Ranges}[{i}]", was[i], now[i]);
            if (was.Count < now.Count)
                Validate(obj, findings);
        }
        else
        {
            findings.Invalid(Ranges, now, FindingRules.ImmutableField);
        }
    }

    public override IReadOnlyList<object?> Cells(ServiceCIDR obj, DateTimeOffset now) =>
        [obj.Metadata.Name, string.Join(',', obj.Spec.Cidrs), Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
