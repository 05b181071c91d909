namespace KubeSharp.ApiServer.Fairness;

/// <summary>A level's queues: which one a request waits in, and which is served next. Touched under the lock of its <see cref="FairQueues"/>.</summary>
internal sealed class QueueRing
{
    private FairQueue[] _queues = [];
    private QueueShape _shape;
    private int _robin;
    private int _dealt;

    public IReadOnlyList<FairQueue> All => _queues;

    public QueueShape Shape => _shape;

    /// <summary>How many queues have requests, waiting or executing.</summary>
    public int Active { get; private set; }

    /// <summary>Queues beyond a smaller number get nothing new, and go once they are at rest.</summary>
    public void Reshape(QueueShape shape)
    {
        _shape = shape;
        if (shape.Queues > _queues.Length)
            _queues = [.. _queues, .. Enumerable.Range(0, shape.Queues - _queues.Length).Select(_ => new FairQueue())];
        Drain();
    }

    /// <summary>The queue of the flow's hand with the least work waiting; the first looked at differs each time.</summary>
    /// <returns>Null if the level has no queues.</returns>
    public FairQueue? Choose(ulong hash)
    {
        if (_shape.Queues == 0)
            return null;

        Span<int> hand = stackalloc int[_shape.Hand];
        Hand.Deal(hash, _shape.Queues, hand);
        var offset = (int)((uint)_dealt++ % (uint)hand.Length);
        var best = _queues[hand[offset]];
        for (var i = 1; i < hand.Length && best.WorkWaiting > 0; i++)
        {
            var other = _queues[hand[(offset + i) % hand.Length]];
            if (other.WorkWaiting < best.WorkWaiting)
                best = other;
        }

        return best;
    }

    /// <summary>The oldest request of the queue that would, served in turns bit by bit, be done first; null while it does not fit. Some request must wait.</summary>
    public Ticket? Next(Func<Ticket, bool> fits)
    {
        var (best, finish) = (-1, double.MaxValue);
        for (var i = 0; i < _queues.Length; i++)
        {
            _robin = (_robin + 1) % _queues.Length;
            var queue = _queues[_robin];
            if (queue.Oldest is { } oldest && queue.NextR + oldest.Work.Estimate is var end && end < finish)
                (best, finish) = (_robin, end);
        }

        var chosen = _queues[best].Oldest!;
        if (!fits(chosen))
            return null;

        _robin = best;
        return chosen;
    }

    /// <summary>To be called before the queue gets a request.</summary>
    /// <param name="r">The virtual time of now.</param>
    public void Wake(FairQueue queue, double r)
    {
        if (queue.IsActive)
            return;

        queue.Begin(r);
        Active++;
    }

    /// <summary>To be called after a request has left the queue.</summary>
    public void Rest(FairQueue queue)
    {
        if (queue.IsActive)
            return;

        Active--;
        Drain();
    }

    private void Drain()
    {
        if (_queues.Length > _shape.Queues)
            _queues = [.. _queues.Where((q, i) => i < _shape.Queues || q.IsActive)];
    }
}

/// <param name="Queues">None: what finds no seat is refused.</param>
/// <param name="Length">How many may wait in one.</param>
internal readonly record struct QueueShape(int Queues, int Hand, int Length);
