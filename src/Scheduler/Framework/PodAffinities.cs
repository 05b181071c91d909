using KubeSharp.Scheduler.Cache;

namespace KubeSharp.Scheduler.Framework;

/// <summary>A pod's wishes about other pods, compiled.</summary>
internal sealed record PodAffinities(
    AffinityTerm[] Required, AffinityTerm[] RequiredAnti, (int Weight, AffinityTerm Term)[] Preferred, (int Weight, AffinityTerm Term)[] PreferredAnti)
{
    private static readonly PodAffinities None = new([], [], [], []);

    public bool IsNone => ReferenceEquals(this, None);

    public static PodAffinities Of(Pod pod)
    {
        if (pod.Spec.Affinity is not { } wishes || (wishes.PodAffinity is null && wishes.PodAntiAffinity is null))
            return None;

        var (near, far) = (wishes.PodAffinity ?? PodAffinity.Empty, wishes.PodAntiAffinity ?? PodAntiAffinity.Empty);
        return new(
            [.. near.RequiredDuringSchedulingIgnoredDuringExecution.Select(t => new AffinityTerm(pod, t))],
            [.. far.RequiredDuringSchedulingIgnoredDuringExecution.Select(t => new AffinityTerm(pod, t))],
            [.. near.PreferredDuringSchedulingIgnoredDuringExecution.Select(t => (t.Weight, new AffinityTerm(pod, t.PodAffinityTerm)))],
            [.. far.PreferredDuringSchedulingIgnoredDuringExecution.Select(t => (t.Weight, new AffinityTerm(pod, t.PodAffinityTerm)))]);
    }
}

/// <summary>Pods that are to be near or far, and in which sense.</summary>
internal sealed class AffinityTerm(Pod owner, PodAffinityTerm term)
{
    private readonly Selector _pods = Selector.Of(term.LabelSelector);
    private readonly Selector _namespacesByLabel = Selector.Of(term.NamespaceSelector);
    private readonly IReadOnlyList<string> _namespaces =
        term.Namespaces.Count == 0 && term.NamespaceSelector is null ? [owner.Metadata.Namespace] : term.Namespaces;

    public string TopologyKey => term.TopologyKey;

    /// <param name="cluster">Knows the labels of namespaces.</param>
    public bool Matches(Pod pod, ClusterCache cluster)
    {
        var ns = pod.Metadata.Namespace;
        return _pods.Matches(pod.Metadata.Labels)
            && (_namespaces.Contains(ns) || (!_namespacesByLabel.IsNothing && _namespacesByLabel.Matches(cluster.NamespaceLabels(ns))));
    }
}
