namespace KubeSharp.ApiServer.Fairness;

/// <summary>One request's place: first in a queue perhaps, then on its seats until <see cref="Release"/>.</summary>
internal sealed class Ticket(FairQueues owner, FlowStats flow, string distinguisher, Work work)
{
    private int _isReleased;

    public FlowStats Flow => flow;

    public string Distinguisher => distinguisher;

    public Work Work { get; set; } = work;

    /// <summary>The virtual time of its arrival.</summary>
    public double ArrivalR { get; init; }

    public long Arrived { get; init; }

    /// <summary>When it got its seats; 0 while it waits.</summary>
    public long Started { get; set; }

    /// <summary>Whose request, and for what; for the dump.</summary>
    public RequestOf Request { get; init; }

    internal FairQueue? Queue { get; init; }

    internal LinkedListNode<Ticket>? Node { get; set; }

    /// <summary>Set once it has its seats. Only there if it had to wait.</summary>
    internal TaskCompletionSource? Turn { get; set; }

    /// <summary>Gives up waiting.</summary>
    /// <returns>False if it has got its seats meanwhile.</returns>
    public bool Leave() => owner.Leave(this);

    /// <summary>Gives the seats back. Again: nothing happens.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            owner.Finish(this);
    }
}

/// <summary>What the dump of requests tells of one.</summary>
internal readonly record struct RequestOf(string User, Http.RequestInfo Info);
