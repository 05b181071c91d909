namespace KubeSharp.ApiServer.Fairness;

/// <summary>The virtual time of a level: the service, in seat-seconds, that a queue has got which was active all along. Touched under the lock of its <see cref="FairQueues"/>.</summary>
internal sealed class VirtualClock(TimeProvider clock)
{
    /// <summary>Virtual time as of <see cref="SyncedAt"/>.</summary>
    public double R { get; private set; }

    public long SyncedAt { get; private set; } = clock.GetTimestamp();

    /// <summary>Lets time go on, as fast as each active queue was served since the last call.</summary>
    /// <param name="seats">That were in use, or would have been but for the limit.</param>
    /// <returns>The timestamp of now.</returns>
    public long Sync(int seats, int activeQueues)
    {
        var now = clock.GetTimestamp();
        if (activeQueues > 0)
            R += (double)seats / activeQueues * clock.GetElapsedTime(SyncedAt, now).TotalSeconds;
        return SyncedAt = now;
    }
}
