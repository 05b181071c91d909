namespace KubeSharp.ApiServer.Fairness;

/// <summary>What a request will probably cost.</summary>
/// <param name="Seats">Held while it is served.</param>
/// <param name="FinalSeats">Held for <paramref name="Linger"/> after it, while watchers are told of the change.</param>
internal readonly record struct Work(int Seats, int FinalSeats = 0, TimeSpan Linger = default)
{
    public int MaxSeats => Math.Max(Seats, FinalSeats);

    /// <summary>In seat-seconds, when service itself takes so long.</summary>
    public double Total(TimeSpan service) => (Seats * service.TotalSeconds) + (FinalSeats * Linger.TotalSeconds);
}
