namespace KubeSharp.ApiServer.Fairness;

/// <summary>One of a level's queues. Touched under the lock of its <see cref="FairQueues"/>.</summary>
internal sealed class FairQueue
{
    private readonly LinkedList<Ticket> _waiting = [];
    private int _executing;

    public IReadOnlyCollection<Ticket> Waiting => _waiting;

    public Ticket? Oldest => _waiting.First?.Value;

    /// <summary>Of what executes, and of what does no longer but has not given them back.</summary>
    public int SeatsInUse { get; private set; }

    public int SeatsWaiting { get; private set; }

    /// <summary>Work of what waits, in seat-seconds.</summary>
    public double WorkWaiting { get; private set; }

    /// <summary>The virtual time at which its next request is due.</summary>
    public double NextR { get; private set; }

    public bool IsActive => _executing > 0 || _waiting.Count > 0;

    /// <summary>It was at rest, and gathered no right to be served by that.</summary>
    public void Begin(double r) => NextR = r;

    public void Add(Ticket ticket)
    {
        ticket.Node = _waiting.AddLast(ticket);
        Weigh(ticket, 1);
        Bound();
    }

    /// <summary>A waiting request goes without having been served.</summary>
    public void Abandon(Ticket ticket)
    {
        Remove(ticket);
        Bound();
    }

    /// <summary>A waiting request leaves, to be started.</summary>
    public void Remove(Ticket ticket)
    {
        _waiting.Remove(ticket.Node!);
        Weigh(ticket, -1);
    }

    public void Start(Ticket ticket)
    {
        _executing++;
        SeatsInUse += ticket.Work.MaxSeats;
        NextR += ticket.Work.Estimate;
        Bound();
    }

    /// <summary>The request was charged for a guess; the truth is known now.</summary>
    public void Finish(Ticket ticket, TimeSpan took)
    {
        _executing--;
        NextR -= ticket.Work.Seats * (Work.Guess - took).TotalSeconds;
        Bound();
    }

    public void Vacate(Ticket ticket) => SeatsInUse -= ticket.Work.MaxSeats;

    private void Weigh(Ticket ticket, int sign)
    {
        SeatsWaiting += sign * ticket.Work.MaxSeats;
        // An empty queue has no work, whatever sums of fractions say.
        WorkWaiting = _waiting.Count == 0 ? 0 : WorkWaiting + (sign * ticket.Work.Estimate);
    }

    /// <summary>No request is due before it arrived: a queue gathers no right to catch up.</summary>
    private void Bound()
    {
        if (Oldest is { } oldest && NextR < oldest.ArrivalR)
            NextR = oldest.ArrivalR;
    }
}
