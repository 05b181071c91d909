namespace KubeSharp.ApiServer.Fairness;

/// <summary>One of a level's queues. Touched under the lock of its <see cref="FairQueues"/>.</summary>
internal sealed class FairQueue
{
    public LinkedList<Ticket> Waiting { get; } = [];

    public int Executing { get; set; }

    public int SeatsInUse { get; set; }

    public int SeatsWaiting { get; set; }

    /// <summary>Work of what waits, in seat-seconds.</summary>
    public double WorkWaiting { get; set; }

    /// <summary>The virtual time at which its next request is due.</summary>
    public double NextR { get; set; }

    public bool IsActive => Executing > 0 || Waiting.Count > 0;
}
