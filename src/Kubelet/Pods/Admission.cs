using KubeSharp.Kubelet.Statuses;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Whether the node takes a pod that was bound to it, by whomever. Reasons and messages are upstream's.</summary>
/// <param name="node">The node as the API has it; null while it has none: then only ports are checked.</param>
internal sealed class Admission(Func<Node?> node)
{
    public PodFailure? Check(Pod pod, IReadOnlyList<Pod> others)
    {
        if (pod.Spec.Os is { Name: not "linux" })
            return new("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
        if (pod.Metadata.Labels.TryGetValue("kubernetes.io/os", out var os) && os != "linux")
            return new("PodOSSelectorNodeLabelDoesNotMatch", "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label");

        return node() is { } known
            ? ResourcesOf(pod, others, known) ?? AffinityOf(pod, known) ?? PortsOf(pod, others)
            : PortsOf(pod, others);
    }

    private static PodFailure? ResourcesOf(Pod pod, IReadOnlyList<Pod> others, Node node)
    {
        var allocatable = node.Status.Allocatable;
        if (allocatable.TryGetValue("pods", out var pods) && others.Count + 1 > pods.Value)
            return Insufficient("pods", 1, others.Count, pods.Value);

        var requested = PodRequests.Of(pod);
        foreach (var (resource, quantity) in requested)
        {
            // What the node does not list is not its to give: extended resources may belong to the cluster.
            if (quantity.IsZero || !allocatable.TryGetValue(resource, out var capacity))
                continue;

            var used = others.Select(PodRequests.Of).Select(r => r.TryGetValue(resource, out var q) ? q : Quantity.Zero).Aggregate(Quantity.Zero, (sum, q) => sum + q);
            if (used + quantity > capacity)
                return Insufficient(resource, Units(resource, quantity), Units(resource, used), Units(resource, capacity));
        }

        return null;
    }

    private static PodFailure Insufficient(string resource, long requested, long used, long capacity) => new(
        $"OutOf{resource}", $"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}");

    private static long Units(string resource, Quantity quantity) => resource == "cpu" ? quantity.MilliValue : quantity.Value;

    private static PodFailure? AffinityOf(Pod pod, Node node)
    {
        var labels = node.Metadata.Labels;
        var matches = pod.Spec.NodeSelector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value)
            && (pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required || required.NodeSelectorTerms.Any(t => Matches(t, node)));
        return matches ? null : new("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
    }

    private static bool Matches(NodeSelectorTerm term, Node node)
    {
        if (term.MatchExpressions.Count == 0 && term.MatchFields.Count == 0)
            return false;

        var fields = new Dictionary<string, string> { ["metadata.name"] = node.Metadata.Name };
        return term.MatchExpressions.All(e => Matches(e, node.Metadata.Labels)) && term.MatchFields.All(e => Matches(e, fields));
    }

    private static bool Matches(NodeSelectorRequirement wanted, IReadOnlyDictionary<string, string> labels) => wanted.Operator switch
    {
        "In" => new Requirement(wanted.Key, SelectorOperator.In, wanted.Values).Matches(labels),
        "NotIn" => new Requirement(wanted.Key, SelectorOperator.NotIn, wanted.Values).Matches(labels),
        "Exists" => labels.ContainsKey(wanted.Key),
        "DoesNotExist" => !labels.ContainsKey(wanted.Key),
        "Gt" => new Requirement(wanted.Key, SelectorOperator.GreaterThan, wanted.Values).Matches(labels),
        "Lt" => new Requirement(wanted.Key, SelectorOperator.LessThan, wanted.Values).Matches(labels),
        _ => false,
    };

    private static PodFailure? PortsOf(Pod pod, IReadOnlyList<Pod> others)
    {
        var taken = others.SelectMany(HostPorts).ToList();
        return HostPorts(pod).Any(p => taken.Any(t => Conflict(p, t)))
            ? new("NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
            : null;
    }

    private static IEnumerable<ContainerPort> HostPorts(Pod pod) =>
        pod.Spec.InitContainers.Where(c => c.IsSidecar()).Concat(pod.Spec.Containers).SelectMany(c => c.Ports).Where(p => p.HostPort > 0);

    private static bool Conflict(ContainerPort a, ContainerPort b) =>
        a.HostPort == b.HostPort && Protocol(a) == Protocol(b) && (Address(a) == Address(b) || Address(a) == "0.0.0.0" || Address(b) == "0.0.0.0");

    private static string Protocol(ContainerPort port) => port.Protocol.Length == 0 ? "TCP" : port.Protocol;

    private static string Address(ContainerPort port) => port.HostIP.Length == 0 ? "0.0.0.0" : port.HostIP;
}
