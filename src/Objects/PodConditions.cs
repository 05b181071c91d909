using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects;

/// <summary>Conditions of pods, by type.</summary>
public static class PodConditions
{
    public static PodCondition? Find(this IReadOnlyList<PodCondition> conditions, string type) => conditions.FirstOrDefault(c => c.Type == type);

    public static bool IsTrue(this IReadOnlyList<PodCondition> conditions, string type) => conditions.Find(type) is { Status: "True" };

    /// <summary>The list with this condition in place of the one of its type, or at the end.</summary>
    /// <remarks>While the status stays the same, the time of the last transition stays too.</remarks>
    public static IReadOnlyList<PodCondition> With(this IReadOnlyList<PodCondition> conditions, PodCondition condition)
    {
        if (conditions.Find(condition.Type) is not { } old)
            return [.. conditions, condition];

        var next = old.Status == condition.Status && old.LastTransitionTime is not null ? condition with { LastTransitionTime = old.LastTransitionTime } : condition;
        return [.. conditions.Select(c => ReferenceEquals(c, old) ? next : c)];
    }
}
