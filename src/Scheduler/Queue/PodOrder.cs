namespace KubeSharp.Scheduler.Queue;

/// <summary>Whose turn it is: higher priority first, then who has waited longer, then who came first.</summary>
internal readonly record struct PodOrder(int Priority, TimeSpan Since, long Ticket) : IComparable<PodOrder>
{
    public int CompareTo(PodOrder other)
    {
        var byPriority = other.Priority.CompareTo(Priority);
        if (byPriority != 0)
            return byPriority;

        var bySince = Since.CompareTo(other.Since);
        return bySince != 0 ? bySince : Ticket.CompareTo(other.Ticket);
    }
}
