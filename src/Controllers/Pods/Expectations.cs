using System.Collections.Concurrent;

namespace KubeSharp.Controllers.Pods;

/// <summary>
/// What a controller has done that its cache does not show yet. Without this memory a controller that looks again before its own
/// creations arrive would create them twice (upstream's <c>ControllerExpectations</c>).
/// </summary>
internal sealed class Expectations(TimeProvider clock)
{
    /// <summary>A change that has not arrived by then was lost; better to look again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<ObjectKey, Pending> _pending = new();

    public bool AreMet(ObjectKey owner) => !_pending.TryGetValue(owner, out var pending) || pending.IsMet(clock);

    public void Expect(ObjectKey owner, int creations, IEnumerable<string> deletions) =>
        _pending[owner] = new(creations, deletions, clock.GetTimestamp());

    public void Created(ObjectKey owner)
    {
        if (_pending.TryGetValue(owner, out var pending))
            pending.Created();
    }

    /// <summary>A deletion was seen, or failed and will not be.</summary>
    public void Deleted(ObjectKey owner, string uid)
    {
        if (_pending.TryGetValue(owner, out var pending))
            pending.Deleted(uid);
    }

    public void Forget(ObjectKey owner) => _pending.TryRemove(owner, out _);

    private sealed class Pending(int creations, IEnumerable<string> deletions, long since)
    {
        private readonly Lock _gate = new();
        private readonly HashSet<string> _deletions = [.. deletions];
        private int _creations = creations;

        public bool IsMet(TimeProvider clock)
        {
            lock (_gate)
                return (_creations <= 0 && _deletions.Count == 0) || clock.GetElapsedTime(since) > Patience;
        }

        public void Created()
        {
            lock (_gate)
                _creations--;
        }

        public void Deleted(string uid)
        {
            lock (_gate)
                _deletions.Remove(uid);
        }
    }
}
