namespace KubeSharp.ApiServer.Fairness;

/// <summary>Counts a level's requests and their seats, for the level and for each flow. Touched under the lock of its <see cref="FairQueues"/>; flows are read by others.</summary>
internal sealed class SeatLedger
{
    private readonly HashSet<Ticket> _executing = [];

    public IReadOnlyCollection<Ticket> Executing => _executing;

    public int Waiting { get; private set; }

    public int SeatsWaiting { get; private set; }

    /// <summary>With those of requests that are done and linger.</summary>
    public int SeatsInUse { get; private set; }

    public int SeatsWanted => SeatsInUse + SeatsWaiting;

    public long Dispatched { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>Of the rejected ones, those that had waited.</summary>
    public long Cancelled { get; private set; }

    /// <param name="count">The flow's, of this kind of refusal.</param>
    public void Refuse(ref long count)
    {
        Rejected++;
        Interlocked.Increment(ref count);
    }

    public void Wait(Ticket ticket) => Wait(ticket, 1);

    public void Abandon(Ticket ticket)
    {
        Wait(ticket, -1);
        Cancelled++;
        Refuse(ref ticket.Flow.TimedOut);
    }

    /// <summary>Its turn has come; <see cref="Start"/> follows.</summary>
    public void WaitNoMore(Ticket ticket) => Wait(ticket, -1);

    public void Start(Ticket ticket)
    {
        var seats = ticket.Work.MaxSeats;
        _executing.Add(ticket);
        Dispatched++;
        SeatsInUse += seats;
        Interlocked.Increment(ref ticket.Flow.Dispatched);
        Interlocked.Increment(ref ticket.Flow.Executing);
        Interlocked.Add(ref ticket.Flow.ExecutingSeats, seats);
    }

    /// <summary>The request is done and still has its seats.</summary>
    public void Finish(Ticket ticket)
    {
        _executing.Remove(ticket);
        Interlocked.Decrement(ref ticket.Flow.Executing);
    }

    public void Vacate(Ticket ticket)
    {
        var seats = ticket.Work.MaxSeats;
        SeatsInUse -= seats;
        Interlocked.Add(ref ticket.Flow.ExecutingSeats, -seats);
    }

    private void Wait(Ticket ticket, int sign)
    {
        var seats = sign * ticket.Work.MaxSeats;
        Waiting += sign;
        SeatsWaiting += seats;
        Interlocked.Add(ref ticket.Flow.Waiting, sign);
        Interlocked.Add(ref ticket.Flow.WaitingSeats, seats);
    }
}
