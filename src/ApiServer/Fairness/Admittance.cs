using KubeSharp.ApiServer.Metrics;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>A request that was let in. Its seats go back with <see cref="Release"/>, its watch is forgotten with <see cref="End"/>.</summary>
internal sealed class Admittance(FairnessGate gate, Flow flow, Ticket? ticket, Watched? watched, long started) : ISeat
{
    private int _isReleased;

    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;

        if (ticket is not null)
        {
            ticket.Release();
        }
        else
        {
            Interlocked.Decrement(ref flow.Stats.Executing);
            Interlocked.Decrement(ref flow.Stats.ExecutingSeats);
            flow.Level.LeaveExempt();
        }

        FairnessMetrics.Execution.Record(gate.Clock.GetElapsedTime(started).TotalSeconds, watched is null ? flow.Stats.Regular : flow.Stats.Watch);
    }

    public void End()
    {
        Release();
        if (watched is { } watch)
            gate.Watches.Remove(watch);
    }
}
