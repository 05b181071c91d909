namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>How many pods there were after each write, replayed from the journal.</summary>
internal static class PodCounts
{
    /// <param name="counts">Which pods count; called with each state of each pod.</param>
    /// <returns>The number after each write of a pod, with the revision.</returns>
    public static IEnumerable<(long Revision, int Count)> Of(Journal journal, Func<Pod, bool> counts)
    {
        var there = new HashSet<string>();
        foreach (var entry in journal.Of<Pod>())
        {
            if (!entry.IsDeletion && counts(entry.As<Pod>()))
                there.Add(entry.Key);
            else
                there.Remove(entry.Key);
            yield return (entry.Revision, there.Count);
        }
    }

    public static int Created(Journal journal) => journal.Of<Pod>().Where(e => !e.IsDeletion).Select(e => e.Key).Distinct().Count();

    /// <summary>Pods that somebody asked to end.</summary>
    public static int Ended(Journal journal) => journal.Of<Pod>().Where(e => e.IsDeletion || e.As<Pod>().Metadata.DeletionTimestamp is not null).Select(e => e.Key).Distinct().Count();
}
