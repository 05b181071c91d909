namespace KubeSharp.ApiServer.Fairness;

/// <summary>
/// The queues and seats of one priority level: fair queuing of requests by virtual time (KEP-1040). A request that finds seats free passes
/// with one short lock; without queues it is refused when there are none.
/// </summary>
internal sealed class FairQueues(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly DemandMeter _demand = new(clock);
    private readonly VirtualClock _virtual = new(clock);
    private readonly QueueRing _queues = new();
    private readonly SeatLedger _seats = new();
    private int _limit;

    public void Shape(QueueShape shape)
    {
        lock (_gate)
        {
            Sync_NeedsLock();
            _queues.Reshape(shape);
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
                return _seats is { Waiting: 0, SeatsInUse: 0 };
        }
    }

    /// <summary>A place for a request: with seats if <see cref="Ticket.Started"/> is set, else its turn is to be awaited.</summary>
    /// <returns>Null if the request is refused.</returns>
    public Ticket? Enter(FlowStats flow, string distinguisher, ulong hash, Work work, RequestOf request)
    {
        lock (_gate)
        {
            var now = Sync_NeedsLock();
            var queue = _queues.Choose(hash);
            if (queue is null ? !Fits_NeedsLock(work) : _seats.SeatsInUse >= _limit && queue.Waiting.Count >= _queues.Shape.Length)
            {
                _seats.Refuse(ref queue is null ? ref flow.LimitHit : ref flow.Full);
                return null;
            }

            var ticket = new Ticket(this, flow, distinguisher, work) { ArrivalR = _virtual.R, Arrived = now, Queue = queue, Request = request };
            if (queue is not null)
                _queues.Wake(queue, _virtual.R);

            if (queue is null || (_seats.Waiting == 0 && Fits_NeedsLock(work)))
            {
                Start_NeedsLock(ticket, now);
            }
            else
            {
                ticket.Turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
                queue.Add(ticket);
                _seats.Wait(ticket);
                Dispatch_NeedsLock();
            }

            _demand.Set(_seats.SeatsWanted, now);
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
            if (ticket is not { Node.List: not null, Queue: { } queue })
                return false;

            queue.Abandon(ticket);
            _seats.Abandon(ticket);
            _queues.Rest(queue);
            Dispatch_NeedsLock();
            _demand.Set(_seats.SeatsWanted, now);
            return true;
        }
    }

    internal void Finish(Ticket ticket)
    {
        lock (_gate)
        {
            var now = Sync_NeedsLock();
            _seats.Finish(ticket);
            if (ticket.Queue is { } queue)
            {
                queue.Finish(ticket, clock.GetElapsedTime(ticket.Started, now));
                _queues.Rest(queue);
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
                [.. _queues.All.Select(DumpOf)], [.. _seats.Executing.Where(t => t.Queue is null)],
                _seats.Waiting, _seats.Executing.Count, _seats.SeatsInUse, _seats.Dispatched, _seats.Rejected, _seats.Cancelled, _virtual.R);
        }

        QueueDump DumpOf(FairQueue queue) => new(
            [.. queue.Waiting], [.. _seats.Executing.Where(t => t.Queue == queue)], queue.SeatsInUse, queue.NextR, queue.Waiting.Sum(t => t.Work.Seats), queue.SeatsWaiting, queue.WorkWaiting);
    }

    private void Vacate(Ticket ticket)
    {
        lock (_gate)
            Vacate_NeedsLock(ticket, Sync_NeedsLock());
    }

    private void Vacate_NeedsLock(Ticket ticket, long now)
    {
        _seats.Vacate(ticket);
        ticket.Queue?.Vacate(ticket);
        Dispatch_NeedsLock();
        _demand.Set(_seats.SeatsWanted, now);
    }

    private long Sync_NeedsLock() => _virtual.Sync(Math.Min(_seats.SeatsWanted, _limit), _queues.Active);

    /// <summary>Whether so many seats are free. What is wider than the limit waits until it is alone.</summary>
    private bool Fits_NeedsLock(Work work) => work.MaxSeats > _limit
        ? _seats.Executing.Count == 0 && (_limit > 0 || _queues.Shape.Queues == 0)
        : _seats.SeatsInUse + work.MaxSeats <= _limit;

    private void Dispatch_NeedsLock()
    {
        while (_seats.Waiting > 0 && _seats.SeatsInUse < _limit && _queues.Next(t => Fits_NeedsLock(t.Work)) is { } ticket)
        {
            ticket.Queue!.Remove(ticket);
            _seats.WaitNoMore(ticket);
            Start_NeedsLock(ticket, _virtual.SyncedAt);
            ticket.Turn!.TrySetResult();
        }
    }

    private void Start_NeedsLock(Ticket ticket, long now)
    {
        ticket.Work = ticket.Work.Within(_limit);
        ticket.Started = now;
        _seats.Start(ticket);
        ticket.Queue?.Start(ticket);
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
