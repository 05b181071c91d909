namespace KubeSharp.Client.Events;

/// <summary>
/// Decides what becomes of an event: written as it is, counted up on an earlier one, merged with many like it, or dropped because its
/// subject is too noisy. The three steps and their numbers are those of client-go's <c>events_cache.go</c>. Not thread-safe.
/// </summary>
internal sealed class EventCorrelator(TimeProvider clock)
{
    private const int Capacity = 4096;
    private const int Burst = 25;
    private const int MostAlike = 10;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AlikeWithin = TimeSpan.FromMinutes(10);

    private readonly long _began = clock.GetTimestamp();
    private readonly RecentlyUsed<EventSubject, Allowance> _allowances = new(Capacity);
    private readonly RecentlyUsed<EventSort, Alike> _alike = new(Capacity);
    private readonly RecentlyUsed<EventIdentity, Event> _written = new(Capacity);

    /// <returns>The event to write; a count above 1 means that an event of that name is to be patched. Null: drop it.</returns>
    public Event? Correlate(Event e)
    {
        var (merged, identity) = Merge(e);
        if (_written.TryGet(identity, out var earlier))
        {
            merged = merged with
            {
                Metadata = merged.Metadata with { Name = earlier.Metadata.Name },
                FirstTimestamp = earlier.FirstTimestamp,
                Count = earlier.Count + 1,
            };
        }

        _written.Put(identity, merged); // what is dropped counts too: the next one written tells how many there were
        return Allow(EventSubject.Of(e)) ? merged : null;
    }

    private TimeSpan Now => clock.GetElapsedTime(_began);

    /// <summary>From the tenth different message on, one event stands for all of them.</summary>
    private (Event Merged, EventIdentity Identity) Merge(Event e)
    {
        var identity = EventIdentity.Of(e);
        var sort = identity.Sort;
        if (!_alike.TryGet(sort, out var alike) || Now - alike.Last > AlikeWithin)
            _alike.Put(sort, alike = new());

        alike.Last = Now;
        alike.Messages.Add(e.Message);
        if (alike.Messages.Count < MostAlike)
            return (e, identity);

        alike.Messages.Remove(alike.Messages.First()); // upstream pops any one, so that the set stays at its limit
        return (e with { Message = $"(combined from similar events): {e.Message}" }, identity with { FieldPath = "", Message = "" });
    }

    /// <summary>A token bucket for each subject.</summary>
    private bool Allow(EventSubject subject)
    {
        if (!_allowances.TryGet(subject, out var allowance))
            _allowances.Put(subject, allowance = new() { Tokens = Burst, At = Now });

        var now = Now;
        allowance.Tokens = Math.Min(Burst, allowance.Tokens + ((now - allowance.At) / Refill));
        allowance.At = now;
        if (allowance.Tokens < 1)
            return false;

        allowance.Tokens--;
        return true;
    }

    private sealed class Allowance
    {
        public double Tokens { get; set; }

        public TimeSpan At { get; set; }
    }

    private sealed class Alike
    {
        public TimeSpan Last { get; set; }

        public HashSet<string> Messages { get; } = [];
    }
}
