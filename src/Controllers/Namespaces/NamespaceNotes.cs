namespace KubeSharp.Controllers.Namespaces;

/// <summary>The conditions of a namespace that is going: the one thing people ask of it is what it waits for. In upstream's words. Pure.</summary>
internal static class NamespaceNotes
{
    /// <param name="stale">Group versions that discovery could not tell about.</param>
    public static NamespaceStatus Of(NamespaceStatus before, IReadOnlyList<Remainder> left, IReadOnlyList<string> stale, IReadOnlyList<string> failures, DateTimeOffset now)
    {
        var finalizers = left.SelectMany(r => r.Finalizers).GroupBy(f => f.Key, f => f.Value).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} in {g.Sum()} resource instances").ToList();
        NamespaceCondition[] conditions =
        [
            stale.Count > 0
                ? Condition("NamespaceDeletionDiscoveryFailure", "DiscoveryFailed", $"Discovery failed for some groups, {stale.Count} failing: unable to retrieve the complete list of server APIs: {string.Join(", ", stale.Select(g => $"{g}: stale GroupVersion discovery: {g}"))}", "True")
                : Condition("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
            Condition("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            failures.Count > 0
                ? Condition("NamespaceDeletionContentFailure", "ContentDeletionFailed", $"Failed to delete all resource types, {failures.Count} remaining: {string.Join(", ", failures)}", "True")
                : Condition("NamespaceDeletionContentFailure", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            left.Count > 0
                ? Condition("NamespaceContentRemaining", "SomeResourcesRemain", "Some resources are remaining: " + string.Join(", ", left.Select(Text).Order(StringComparer.Ordinal)), "True")
                : Condition("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
            finalizers.Count > 0
                ? Condition("NamespaceFinalizersRemaining", "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: " + string.Join(", ", finalizers), "True")
                : Condition("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ];
        var ours = conditions.Select(c => c.Type).ToHashSet();
        return before with
        {
            Phase = "Terminating",
            Conditions = [.. before.Conditions.Where(c => !ours.Contains(c.Type)), .. conditions.Select(c => KeepTime(before, c, now))],
        };
    }

    /// <summary>Upstream writes the group behind a dot even where there is none.</summary>
    private static string Text(Remainder left) => $"{left.Type.Plural}.{left.Type.Group} has {left.Count} resource instances";

    private static NamespaceCondition Condition(string type, string reason, string message, string status = "False") => new()
    {
        Type = type, Status = status, Reason = reason, Message = message,
    };

    private static NamespaceCondition KeepTime(NamespaceStatus before, NamespaceCondition condition, DateTimeOffset now) =>
        condition with { LastTransitionTime = before.Conditions.FirstOrDefault(c => c.Type == condition.Type && c.Status == condition.Status)?.LastTransitionTime ?? now };
}
