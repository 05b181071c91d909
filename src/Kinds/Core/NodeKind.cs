using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about nodes.</summary>
internal sealed class NodeKind : Kind<Node>
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string Role = "kubernetes.io/role";

    public override IReadOnlyCollection<string> FieldNames { get; } = ["spec.unschedulable"];

    public override IReadOnlyDictionary<string, string> SelectableFields(Node node) =>
        new Dictionary<string, string> { ["spec.unschedulable"] = node.Spec.Unschedulable ? "true" : "false" };

    public override Node ApplyDefaults(Node node) => node with
    {
        Spec = WithBothCidrs(node.Spec),
        Status = node.Status with
        {
            Capacity = ContainerDefaults.Rounded(node.Status.Capacity),
            Allocatable = ContainerDefaults.Rounded(node.Status.Allocatable.Count > 0 ? node.Status.Allocatable : node.Status.Capacity),
        },
    };

    /// <summary>A node registers with its status.</summary>
    public override Node PrepareForCreate(Node node) => node;

    public override void Validate(Node node, Findings findings)
    {
        Taints(node.Spec.Taints, "metadata.taints", findings);
        for (var i = 0; i < node.Spec.PodCIDRs.Count; i++)
            findings.Cidr($"spec.podCIDRs[{i}]", node.Spec.PodCIDRs[i]);
        if (node.Spec.PodCIDRs.Count > 2 || (node.Spec.PodCIDRs.Count == 2 && AddressRules.IsIpv6(node.Spec.PodCIDRs[0]) == AddressRules.IsIpv6(node.Spec.PodCIDRs[1])))
            findings.Invalid("spec.podCIDRs", node.Spec.PodCIDRs, "may specify no more than one CIDR for each IP family");
        Resources(node, findings);
    }

    public override void ValidateUpdate(Node old, Node node, Findings findings)
    {
        Taints(node.Spec.Taints, "metadata.taints", findings);
        if (old.Spec.PodCIDRs.Count > 0 && !old.Spec.PodCIDRs.SequenceEqual(node.Spec.PodCIDRs))
            findings.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        for (var i = 0; old.Spec.PodCIDRs.Count == 0 && i < node.Spec.PodCIDRs.Count; i++)
            findings.Cidr($"spec.podCIDRs[{i}]", node.Spec.PodCIDRs[i]);
        if (old.Spec.ProviderID.Length > 0 && old.Spec.ProviderID != node.Spec.ProviderID)
            findings.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");

        var rest = node.Spec with
        {
            Taints = old.Spec.Taints,
            Unschedulable = old.Spec.Unschedulable,
            ConfigSource = old.Spec.ConfigSource,
            PodCIDR = old.Spec.PodCIDRs.Count == 0 ? old.Spec.PodCIDR : node.Spec.PodCIDR,
            PodCIDRs = old.Spec.PodCIDRs.Count == 0 ? old.Spec.PodCIDRs : node.Spec.PodCIDRs,
            ProviderID = old.Spec.ProviderID.Length == 0 ? old.Spec.ProviderID : node.Spec.ProviderID,
        };
        if (rest != old.Spec)
            findings.Forbidden("[]", "node updates may only change labels, taints, or capacity");
    }

    public override void ValidateStatusUpdate(Node old, Node node, Findings findings)
    {
        Resources(node, findings);
        for (var i = 0; i < node.Status.Addresses.Count; i++)
        {
            if (node.Status.Addresses.Take(i).Contains(node.Status.Addresses[i]))
                findings.Duplicate($"status.addresses[{i}]", node.Status.Addresses[i]);
        }
    }

    public override IReadOnlyList<object?> Cells(Node node, DateTimeOffset now) =>
    [
        node.Metadata.Name,
        Status(node),
        Roles(node),
        Ages.Of(node.Metadata.CreationTimestamp, now),
        node.Status.NodeInfo.KubeletVersion,
        Address(node, "InternalIP"),
        Address(node, "ExternalIP"),
        OrUnknown(node.Status.NodeInfo.OsImage),
        OrUnknown(node.Status.NodeInfo.KernelVersion),
        OrUnknown(node.Status.NodeInfo.ContainerRuntimeVersion),
    ];

    private static void Taints(IReadOnlyList<Taint> taints, string path, Findings findings)
    {
        for (var i = 0; i < taints.Count; i++)
        {
            var (at, taint) = ($"{path}[{i}]", taints[i]);
            findings.Each($"{at}.key", taint.Key, NameRules.QualifiedName(taint.Key));
            if (NameRules.LabelValue(taint.Value).ToList() is { Count: > 0 } problems)
                findings.Invalid($"{at}.value", taint.Value, string.Join(';', problems));
            SchedulingRules.Effect($"{at}.effect", taint.Effect, findings);
            if (taints.Take(i).Any(t => (t.Key, t.Effect) == (taint.Key, taint.Effect)))
                findings.Duplicate(at, taint, "taints must be unique by key and effect pair");
        }
    }

    private static void Resources(Node node, Findings findings)
    {
        foreach (var (list, resources) in new[] { ("capacity", node.Status.Capacity), ("allocatable", node.Status.Allocatable) })
        {
            foreach (var (name, quantity) in resources.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                if (quantity.Sign < 0)
                    findings.Invalid($"status.{list}[{name}]", quantity, "must be greater than or equal to 0");
            }
        }
    }

    /// <summary>podCIDR is the first of podCIDRs; whoever sets one sets both.</summary>
    private static NodeSpec WithBothCidrs(NodeSpec spec) => spec switch
    {
        { PodCIDRs.Count: 0, PodCIDR.Length: > 0 } => spec with { PodCIDRs = [spec.PodCIDR] },
        { PodCIDRs.Count: > 0, PodCIDR: "" } => spec with { PodCIDR = spec.PodCIDRs[0] },
        _ => spec,
    };

    private static string Status(Node node)
    {
        var ready = node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready") switch
        {
            null => "Unknown",
            { Status: "True" } => "Ready",
            _ => "NotReady",
        };
        return node.Spec.Unschedulable ? ready + ",SchedulingDisabled" : ready;
    }

    private static string Roles(Node node)
    {
        var roles = node.Metadata.Labels
            .Select(l => l.Key.StartsWith(RolePrefix, StringComparison.Ordinal) ? l.Key[RolePrefix.Length..] : l.Key == Role ? l.Value : "")
            .Where(r => r.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        return roles.Count > 0 ? string.Join(',', roles) : PodTemplateCells.None;
    }

    private static string Address(Node node, string type) => node.Status.Addresses.FirstOrDefault(a => a.Type == type)?.Address ?? PodTemplateCells.None;

    private static string OrUnknown(string text) => text.Length > 0 ? text : "<unknown>";
}
