namespace KubeSharp.ApiServer.Metrics;

/// <summary>What becomes known of a request on its way and is counted at its end. One request, several threads.</summary>
public sealed class RequestNotes
{
    private long _waited;
    private long _sent;

    /// <summary>What is noted for the audit; absent if nothing is.</summary>
    internal Audit.AuditTrail? Audit { get; set; }

    /// <summary>How long the request waited for others (webhooks, fairness), which is not the server's own slowness.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _waited));

    /// <summary>Bytes of an answer whose length was not known when it began.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The seat the request holds; given back early by a watch that has caught up.</summary>
    internal Fairness.ISeat? Seat { get; set; }

    public void AddWait(TimeSpan time) => Interlocked.Add(ref _waited, time.Ticks);

    public void AddSent(long bytes) => Interlocked.Add(ref _sent, bytes);
}
