namespace KubeSharp.Scheduler.Framework;

/// <summary>A topology spread constraint of a pod, compiled.</summary>
internal sealed class SpreadConstraint
{
    private readonly Selector _selector;
    private readonly string _namespace;

    private SpreadConstraint(Pod pod, TopologySpreadConstraint constraint)
    {
        (TopologyKey, MaxSkew, MinDomains) = (constraint.TopologyKey, constraint.MaxSkew, constraint.MinDomains ?? 1);
        HonorsAffinity = constraint.NodeAffinityPolicy is null or "Honor";
        HonorsTaints = constraint.NodeTaintsPolicy == "Honor";
        _namespace = pod.Metadata.Namespace;

        var own = Selector.Of(constraint.LabelSelector);
        _selector = own.IsNothing
            ? own
            : new([
                .. own.Requirements,
                .. constraint.MatchLabelKeys.Where(pod.Metadata.Labels.ContainsKey).Select(k => new Requirement(k, SelectorOperator.In, [pod.Metadata.Labels[k]])),
            ]);
        MatchesItself = _selector.Matches(pod.Metadata.Labels);
    }

    public string TopologyKey { get; }

    public int MaxSkew { get; }

    /// <summary>With fewer places than this, the emptiest counts as empty.</summary>
    public int MinDomains { get; }

    /// <summary>Whether nodes that the pod's own node affinity excludes do not count.</summary>
    public bool HonorsAffinity { get; }

    /// <summary>Whether nodes with taints that the pod does not tolerate do not count.</summary>
    public bool HonorsTaints { get; }

    public bool MatchesItself { get; }

    /// <param name="isHard">Those that must hold (<c>DoNotSchedule</c>), or those that are wished for.</param>
    public static SpreadConstraint[] Of(Pod pod, bool isHard) =>
        [.. pod.Spec.TopologySpreadConstraints.Where(c => c.WhenUnsatisfiable == "DoNotSchedule" == isHard).Select(c => new SpreadConstraint(pod, c))];

    /// <summary>How many of these pods the constraint counts.</summary>
    public int Count(IReadOnlyCollection<PodInfo> pods)
    {
        var count = 0;
        foreach (var pod in pods)
        {
            var metadata = pod.Pod.Metadata;
            if (metadata.DeletionTimestamp is null && metadata.Namespace == _namespace && _selector.Matches(metadata.Labels))
                count++;
        }

        return count;
    }
}
