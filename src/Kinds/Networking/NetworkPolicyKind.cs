using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.NetworkingV1;

namespace KubeSharp.Kinds.Networking;

/// <summary>All the API server knows about NetworkPolicies.</summary>
internal sealed class NetworkPolicyKind : Kind<NetworkPolicy>
{
    public override NetworkPolicy ApplyDefaults(NetworkPolicy obj)
    {
        var spec = obj.Spec;
        if (spec.PolicyTypes.Count == 0)
            spec = spec with { PolicyTypes = spec.Egress.Count > 0 ? ["Ingress", "Egress"] : ["Ingress"] };
        return obj with
        {
            Spec = spec with
            {
                Ingress = spec.Ingress.Count == 0 ? spec.Ingress : [.. spec.Ingress.Select(r => r with { Ports = Ports(r.Ports) })],
                Egress = spec.Egress.Count == 0 ? spec.Egress : [.. spec.Egress.Select(r => r with { Ports = Ports(r.Ports) })],
            },
        };
    }

    public override void Validate(NetworkPolicy obj, Findings findings)
    {
        for (var i = 0; i < obj.Spec.Ingress.Count; i++)
            Rule(obj.Spec.Ingress[i].Ports, obj.Spec.Ingress[i].From, $"spec.ingress[{i}]", "from", findings);
        for (var i = 0; i < obj.Spec.Egress.Count; i++)
            Rule(obj.Spec.Egress[i].Ports, obj.Spec.Egress[i].To, $"spec.egress[{i}]", "to", findings);
        if (obj.Spec.PolicyTypes.Count > 2)
        {
            findings.Invalid("spec.policyTypes", obj.Spec.PolicyTypes, "may not specify more than two policyTypes");
            return;
        }

        for (var i = 0; i < obj.Spec.PolicyTypes.Count; i++)
        {
            if (obj.Spec.PolicyTypes[i] is not ("Ingress" or "Egress"))
                findings.NotSupported($"spec.policyTypes[{i}]", obj.Spec.PolicyTypes[i], "Egress", "Ingress");
        }
    }

    public override IReadOnlyList<object?> Cells(NetworkPolicy obj, DateTimeOffset now) =>
        [obj.Metadata.Name, CellText.Selector(obj.Spec.PodSelector), Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static IReadOnlyList<NetworkPolicyPort> Ports(IReadOnlyList<NetworkPolicyPort> ports) =>
        ports.All(p => p.Protocol is not null) ? ports : [.. ports.Select(p => p with { Protocol = p.Protocol ?? "TCP" })];

    private static void Rule(IReadOnlyList<NetworkPolicyPort> ports, IReadOnlyList<NetworkPolicyPeer> peers, string field, string direction, Findings findings)
    {
        for (var i = 0; i < ports.Count; i++)
            Port(ports[i], $"{field}.ports[{i}]", findings);
        for (var i = 0; i < peers.Count; i++)
            Peer(peers[i], $"{field}.{direction}[{i}]", findings);
    }

    private static void Port(NetworkPolicyPort port, string field, Findings findings)
    {
        if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
            findings.NotSupported(field + ".protocol", port.Protocol, "SCTP", "TCP", "UDP");
        if (port.Port is { } number)
        {
            foreach (var problem in number.IsInt ? NameRules.PortNumber(number.Number) : NameRules.PortName(number.Text))
                findings.Invalid(field + ".port", number, problem);
        }

        if (port.EndPort is not { } end)
            return;

        if (port.Port is not { } start)
            findings.Required(field + ".port", "must be specified when `endPort` is specified");
        else if (!start.IsInt)
            findings.Invalid(field + ".port", start, "must be an integer when `endPort` is specified");
        else if (end < start.Number)
            findings.Invalid(field + ".endPort", end, "must be greater than or equal to `port`");
    }

    private static void Peer(NetworkPolicyPeer peer, string field, Findings findings)
    {
        if (peer is { PodSelector: null, NamespaceSelector: null, IpBlock: null })
            findings.Required(field, "must specify a peer");
        if (peer.IpBlock is not { } block)
            return;

        if (peer.PodSelector is not null || peer.NamespaceSelector is not null)
            findings.Forbidden(field, "may not specify both ipBlock and another peer");
        if (!AddressRules.IsCidr(block.Cidr))
            findings.Invalid(field + ".ipBlock.cidr", block.Cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        for (var i = 0; i < block.Except.Count; i++)
        {
            if (!AddressRules.IsCidr(block.Except[i]))
                findings.Invalid($"{field}.ipBlock.except[{i}]", block.Except[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }
}
