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
        findings.Selector("spec.podSelector", obj.Spec.PodSelector);
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
                findings.NotOneOf($"spec.policyTypes[{i}]", obj.Spec.PolicyTypes[i], "Ingress", "Egress");
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
            findings.NotOneOf(field + ".protocol", port.Protocol, "TCP", "UDP", "SCTP");
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
        findings.Selector(field + ".podSelector", peer.PodSelector);
        findings.Selector(field + ".namespaceSelector", peer.NamespaceSelector);
        if (peer.IpBlock is { } block)
            Block(block, field + ".ipBlock", findings);

        var kinds = new object?[] { peer.PodSelector, peer.NamespaceSelector, peer.IpBlock }.Count(p => p is not null);
        if (kinds == 0)
            findings.Required(field, "must specify a peer");
        else if (kinds > 1 && peer.IpBlock is not null)
            findings.Forbidden(field, "may not specify both ipBlock and another peer");
    }

    private static void Block(IPBlock block, string field, Findings findings)
    {
        if (block.Cidr.Length == 0)
        {
            findings.Required(field + ".cidr");
            return;
        }

        findings.Cidr(field + ".cidr", block.Cidr);
        for (var i = 0; i < block.Except.Count; i++)
        {
            findings.Cidr($"{field}.except[{i}]", block.Except[i]);
            if (AddressRules.IsCidr(block.Cidr) && AddressRules.IsCidr(block.Except[i]) && !AddressRules.IsStrictlyInside(block.Except[i], block.Cidr))
                findings.Invalid($"{field}.except[{i}]", block.Except[i], "must be a strict subset of `cidr`");
        }
    }
}
