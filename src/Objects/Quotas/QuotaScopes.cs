using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects.Quotas;

/// <summary>Which objects a quota with scopes is about. Pure.</summary>
public static class QuotaScopes
{
    /// <summary>Whether the object is in every scope of the quota. A quota with scopes is about pods and claims only.</summary>
    public static bool Covers(ResourceQuota quota, IObject obj) =>
        quota.Spec.Scopes.All(scope => IsIn(new() { ScopeName = scope, Operator = "Exists" }, obj))
        && (quota.Spec.ScopeSelector is not { } selector || selector.MatchExpressions.All(e => IsIn(e, obj)));

    private static bool IsIn(ScopedResourceSelectorRequirement scope, IObject obj) => obj switch
    {
        Pod pod => scope.ScopeName switch
        {
            "Terminating" => IsLimited(pod),
            "NotTerminating" => !IsLimited(pod),
            "BestEffort" => PodQos.Of(pod) == PodQos.BestEffort,
            "NotBestEffort" => PodQos.Of(pod) != PodQos.BestEffort,
            "PriorityClass" => Selects(scope, pod.Spec.PriorityClassName is { Length: > 0 } name ? [name] : []),
            "CrossNamespacePodAffinity" => CrossesNamespaces(pod.Spec.Affinity),
            _ => false,
        },
        PersistentVolumeClaim claim => scope.ScopeName == "VolumeAttributesClass" && Selects(scope, AttributesClasses(claim)),
        _ => false,
    };

    private static bool IsLimited(Pod pod) => pod.Spec.ActiveDeadlineSeconds is >= 0;

    /// <param name="values">The names the object has; none is as a label that is not there.</param>
    private static bool Selects(ScopedResourceSelectorRequirement scope, IReadOnlyCollection<string> values) => scope.Operator switch
    {
        "In" => values.Any(scope.Values.Contains),
        "NotIn" => values.Count == 0 || values.Any(v => !scope.Values.Contains(v)),
        "Exists" => values.Count > 0,
        "DoesNotExist" => values.Count == 0,
        _ => false,
    };

    private static HashSet<string> AttributesClasses(PersistentVolumeClaim claim)
    {
        string?[] names = [claim.Spec.VolumeAttributesClassName, claim.Status.CurrentVolumeAttributesClassName, claim.Status.ModifyVolumeStatus?.TargetVolumeAttributesClassName];
        return [.. names.OfType<string>().Where(n => n.Length > 0)];
    }

    private static bool CrossesNamespaces(Affinity? affinity)
    {
        return affinity is not null && Terms(affinity.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution)
            .Concat(Terms(affinity.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution))
            .Any(t => t.Namespaces.Count > 0 || t.NamespaceSelector is not null);

        static IEnumerable<PodAffinityTerm> Terms(IReadOnlyList<PodAffinityTerm>? required, IReadOnlyList<WeightedPodAffinityTerm>? preferred) =>
            (required ?? []).Concat((preferred ?? []).Select(w => w.PodAffinityTerm));
    }
}
