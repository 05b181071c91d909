namespace KubeSharp.Controllers.Nodes;

/// <summary>Lets nodes lose their pods one after another, in each zone at its own rate. Thread-safe.</summary>
internal sealed class EvictionPace(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Zone> _zones = [];
    private readonly long _began = clock.GetTimestamp();

    private TimeSpan Now => clock.GetElapsedTime(_began);

    /// <param name="rate">Nodes per second, as it is now.</param>
    /// <returns>Zero: it is this node's turn, and the turn is taken. Else when to ask again; <see langword="null"/>: not at this rate.</returns>
    public TimeSpan? Ask(string zone, string node, double rate)
    {
        lock (_gate)
        {
            if (!_zones.TryGetValue(zone, out var at))
                _zones[zone] = at = new(rate);
            if (at.Rate != rate)
            {
                // Who waits already waits one turn at the new rate: a change of the rate is no turn.
                at.Rate = rate;
                at.Next = at.Waiting.Count > 0 && rate > 0 ? Now + TimeSpan.FromSeconds(1 / rate) : Now;
            }

            var place = at.Waiting.IndexOf(node);
            if (rate > 0 && Now >= at.Next)
            {
                if (place >= 0)
                    at.Waiting.RemoveAt(place);
                at.Next = Now + TimeSpan.FromSeconds(1 / rate);
                return TimeSpan.Zero;
            }

            if (place < 0)
            {
                place = at.Waiting.Count;
                at.Waiting.Add(node);
            }

            // Each comes back at its own turn, not all of them at every turn.
            return rate > 0 ? at.Next - Now + TimeSpan.FromSeconds(place / rate) : null;
        }
    }

    /// <summary>The turn could not be used: the next to ask has it.</summary>
    public void GiveBack(string zone)
    {
        lock (_gate)
            _zones[zone].Next = Now;
    }

    /// <summary>The node is ready again, or gone.</summary>
    public void Forget(string node)
    {
        lock (_gate)
        {
            foreach (var zone in _zones.Values)
                zone.Waiting.Remove(node);
        }
    }

    private sealed class Zone(double rate)
    {
        public double Rate { get; set; } = rate;

        public TimeSpan Next { get; set; }

        public List<string> Waiting { get; } = [];
    }
}
