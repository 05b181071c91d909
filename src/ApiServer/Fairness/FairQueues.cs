namespace KubeSharp.ApiServer.Fairness;

/// <summary>
/// The queues and seats of one priority level: fair queuing of requests by virtual time (KEP-1040). A request that finds seats free passes
/// with one short lock; without queues it is refused when there are none.
/// </summary>
internal sealed class FairQueues(TimeProvider clock)
{
    /// <summary>How long a request is thought to take before it is known.</summary>
    private static readonly TimeSpan Guess = TimeSpan.FromMilliseconds(3);

    private readonly Lock _gate = new();
    private readonly DemandMeter _demand = new(clock);
    private readonly HashSet<Ticket> _executing = [];
    private FairQueue[] _queues = [];
    private QueueShape _shape;
    private int _limit;
    private long _syncedAt = clock.GetTimestamp();
    private double _r;
    private int _robin;
    private int _enqueued;
    private int _active;
    private int _waiting;
    private int _seatsWaiting;
    private int _seatsInUse;
    private long _dispatched;
    private long _rejected;
    private long _cancelled;

    public void Shape(QueueShape shape)
    {
        lock (_gate)
        {
            Sync_NeedsLock();
            _shape = shape;
            // Queues beyond a smaller number keep what waits in them and get nothing new.
            if (shape.Queues > _queues.Length)
                _queues = [.. _queues, .. Enumerable.Range(0, shape.Queues - _queues.Length).Select(_ => new FairQueue())];
            Dispatch_NeedsLock();
        }
    }

    public void Limit(int seats)
    {
        lock (_gate)
        {
            Sync_NeedsLock();
            _limit = seats;
            Dispatch_NeedsLock();
        }
    }

    public Demand TakeDemand()
    {
        lock (_gate)
            return _demand.Take(clock.GetTimestamp());
    }

    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _waiting == 0 && _seatsInUse == 0;
        }
    }

    /// <summary>A place for a request: with seats if <see cref="Ticket.Started"/> is set, else its turn is to be awaited.</summary>
    /// <returns>Null if the request is refused.</returns>
    public Ticket? Enter(FlowStats flow, string distinguisher, ulong hash, Work work, RequestOf request)
    {
        lock (_gate)
        {
            var now = Sync_NeedsLock();
            var queue = _shape.Queues > 0 ? Choose_NeedsLock(hash) : null;
            if (queue is null ? !Fits_NeedsLock(work.MaxSeats) : _seatsInUse >= _limit && queue.Waiting.Count >= _shape.Length)
            {
                _rejected++;
                Interlocked.Increment(ref queue is null ? ref flow.LimitHit : ref flow.Full);
                return null;
            }

            var ticket = new Ticket(this, flow, distinguisher, work) { ArrivalR = _r, Arrived = now, Queue = queue, Request = request };
            if (queue is not null && !queue.IsActive)
            {
                queue.NextR = _r;
                _active++;
            }

            if (queue is null || (_waiting == 0 && Fits_NeedsLock(work.MaxSeats)))
            {
                Start_NeedsLock(ticket, now);
            }
            else
            {
                ticket.Turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
                ticket.Node = queue.Waiting.AddLast(ticket);
                Wait_NeedsLock(ticket, 1);
                Bound_NeedsLock(queue);
                Dispatch_NeedsLock();
            }

            _demand.Set(_seatsInUse + _seatsWaiting, now);
            return ticket;
        }
    }

    /// <summary>Takes a request that has waited too long out of its queue.</summary>
    /// <returns>False if it has got its seats meanwhile.</returns>
    public bool Leave(Ticket ticket)
    {
        lock (_gate)
        {
            var now = Sync_NeedsLock();
            if (ticket.Node is not { List: not null } node)
                return false;

            ticket.Queue!.Waiting.Remove(node);
            Wait_NeedsLock(ticket, -1);
            Rest_NeedsLock(ticket.Queue);
            Bound_NeedsLock(ticket.Queue);
            _rejected++;
            _cancelled++;
            Interlocked.Increment(ref ticket.Flow.TimedOut);
            Dispatch_NeedsLock();
            _demand.Set(_seatsInUse + _seatsWaiting, now);
            return true;
        }
    }

    internal void Finish(Ticket ticket)
    {
        lock (_gate)
        {
            var now = Sync_NeedsLock();
            _executing.Remove(ticket);
            Interlocked.Decrement(ref ticket.Flow.Executing);
            if (ticket.Queue is { } queue)
            {
                // It was charged for a guess; the truth is known now.
                queue.NextR -= ticket.Work.Seats * (Guess - clock.GetElapsedTime(ticket.Started, now)).TotalSeconds;
                queue.Executing--;
                Rest_NeedsLock(queue);
                Bound_NeedsLock(queue);
            }

            if (ticket.Work.Linger <= TimeSpan.Zero)
            {
                Vacate_NeedsLock(ticket, now);
                return;
            }
        }

        _ = new Lingering(this, ticket, clock);
    }

    /// <summary>What is there, for the dumps.</summary>
    public QueuesDump Dump()
    {
        lock (_gate)
        {
            Sync_NeedsLock();
            return new(
                [.. _queues.Select(q => new QueueDump([.. q.Waiting], [.. _executing.Where(t => t.Queue == q)], q.SeatsInUse, q.NextR, q.Waiting.Sum(t => t.Work.Seats), q.SeatsWaiting, q.WorkWaiting))],
                [.. _executing.Where(t => t.Queue is null)], _waiting, _executing.Count, _seatsInUse, _dispatched, _rejected, _cancelled, _r);
        }
    }

    private void Vacate(Ticket ticket)
    {
        lock (_gate)
            Vacate_NeedsLock(ticket, Sync_NeedsLock());
    }

    private void Vacate_NeedsLock(Ticket ticket, long now)
    {
        var seats = ticket.Work.MaxSeats;
        _seatsInUse -= seats;
        Interlocked.Add(ref ticket.Flow.ExecutingSeats, -seats);
        if (ticket.Queue is { } queue)
            queue.SeatsInUse -= seats;
        Dispatch_NeedsLock();
        _demand.Set(_seatsInUse + _seatsWaiting, now);
    }

    /// <summary>Virtual time goes on as fast as each active queue is served.</summary>
    private long Sync_NeedsLock()
    {
        var now = clock.GetTimestamp();
        if (_active > 0)
            _r += (double)Math.Min(_seatsInUse + _seatsWaiting, _limit) / _active * clock.GetElapsedTime(_syncedAt, now).TotalSeconds;
        _syncedAt = now;
        return now;
    }

    /// <summary>The queue of the flow's hand with the least work waiting; the first looked at differs each time.</summary>
    private FairQueue Choose_NeedsLock(ulong hash)
    {
        Span<int> hand = stackalloc int[_shape.Hand];
        Hand.Deal(hash, _shape.Queues, hand);
        var offset = (int)((uint)_enqueued++ % (uint)hand.Length);
        var best = _queues[hand[offset]];
        for (var i = 1; i < hand.Length && best.WorkWaiting > 0; i++)
        {
            var other = _queues[hand[(offset + i) % hand.Length]];
            if (other.WorkWaiting < best.WorkWaiting)
                best = other;
        }

        return best;
    }

    /// <summary>Whether so many seats are free. What is wider than the limit waits until it is alone.</summary>
    private bool Fits_NeedsLock(int seats) => seats > _limit ? _executing.Count == 0 && (_limit > 0 || _shape.Queues == 0) : _seatsInUse + seats <= _limit;

    private void Dispatch_NeedsLock()
    {
        while (_waiting > 0 && _seatsInUse < _limit && Next_NeedsLock() is { } ticket)
        {
            ticket.Queue!.Waiting.Remove(ticket.Node!);
            Wait_NeedsLock(ticket, -1);
            Start_NeedsLock(ticket, _syncedAt);
            Bound_NeedsLock(ticket.Queue);
            ticket.Turn!.TrySetResult();
        }
    }

    /// <summary>The oldest request of the queue that would, served in turns bit by bit, be done first; null while it does not fit.</summary>
    private Ticket? Next_NeedsLock()
    {
        var (best, finish) = (-1, double.MaxValue);
        for (var i = 0; i < _queues.Length; i++)
        {
            _robin = (_robin + 1) % _queues.Length;
            var queue = _queues[_robin];
            if (queue.Waiting.First?.Value is { } oldest && queue.NextR + oldest.Work.Total(Guess) is var end && end < finish)
                (best, finish) = (_robin, end);
        }

        var chosen = _queues[best].Waiting.First!.Value;
        if (!Fits_NeedsLock(chosen.Work.MaxSeats))
            return null;

        _robin = best;
        return chosen;
    }

    private void Start_NeedsLock(Ticket ticket, long now)
    {
        // The same work on fewer seats takes longer.
        if (ticket.Work is { FinalSeats: var final } work && final > _limit && _limit > 0)
            ticket.Work = work with { FinalSeats = _limit, Linger = work.Linger * final / _limit };

        var seats = ticket.Work.MaxSeats;
        ticket.Started = now;
        _executing.Add(ticket);
        _dispatched++;
        _seatsInUse += seats;
        Interlocked.Increment(ref ticket.Flow.Dispatched);
        Interlocked.Increment(ref ticket.Flow.Executing);
        Interlocked.Add(ref ticket.Flow.ExecutingSeats, seats);
        if (ticket.Queue is not { } queue)
            return;

        queue.Executing++;
        queue.SeatsInUse += seats;
        queue.NextR += ticket.Work.Total(Guess);
    }

    private void Wait_NeedsLock(Ticket ticket, int sign)
    {
        var seats = sign * ticket.Work.MaxSeats;
        _waiting += sign;
        _seatsWaiting += seats;
        ticket.Queue!.SeatsWaiting += seats;
        // An empty queue has no work, whatever sums of fractions say.
        ticket.Queue.WorkWaiting = ticket.Queue.Waiting.Count == 0 ? 0 : ticket.Queue.WorkWaiting + (sign * ticket.Work.Total(Guess));
        Interlocked.Add(ref ticket.Flow.Waiting, sign);
        Interlocked.Add(ref ticket.Flow.WaitingSeats, seats);
    }

    private void Rest_NeedsLock(FairQueue queue)
    {
        if (!queue.IsActive)
            _active--;
    }

    /// <summary>No request is due before it arrived: a queue gathers no right to catch up.</summary>
    private static void Bound_NeedsLock(FairQueue queue)
    {
        if (queue.Waiting.First?.Value is { } oldest && queue.NextR < oldest.ArrivalR)
            queue.NextR = oldest.ArrivalR;
    }

    /// <summary>Keeps the seats a while after the request.</summary>
    private sealed class Lingering
    {
        private readonly FairQueues _queues;
        private readonly Ticket _ticket;
        private readonly ITimer _timer;

        public Lingering(FairQueues queues, Ticket ticket, TimeProvider clock)
        {
            (_queues, _ticket) = (queues, ticket);
            _timer = clock.CreateTimer(static l => ((Lingering)l!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(ticket.Work.Linger, Timeout.InfiniteTimeSpan);
        }

        private void End()
        {
            _timer.Dispose();
            _queues.Vacate(_ticket);
        }
    }
}

/// <param name="Queues">None: what finds no seat is refused.</param>
/// <param name="Length">How many may wait in one.</param>
internal readonly record struct QueueShape(int Queues, int Hand, int Length);

internal sealed record QueuesDump(
    IReadOnlyList<QueueDump> Queues, IReadOnlyList<Ticket> Queueless, int Waiting, int Executing, int SeatsInUse, long Dispatched, long Rejected, long Cancelled, double R);

internal sealed record QueueDump(
    IReadOnlyList<Ticket> Waiting, IReadOnlyList<Ticket> Executing, int SeatsInUse, double NextR, int SeatsSum, int MaxSeatsSum, double Work);
