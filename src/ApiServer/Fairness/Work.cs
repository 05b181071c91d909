namespace KubeSharp.ApiServer.Fairness;

/// <summary>What a request will probably cost.</summary>
/// <param name="Seats">Held while it is served.</param>
/// <param name="FinalSeats">Held for <paramref name="Linger"/> after it, while watchers are told of the change.</param>
internal readonly record struct Work(int Seats, int FinalSeats = 0, TimeSpan Linger = default)
{
    /// <summary>How long a request is thought to be served before it is known.</summary>
    public static readonly TimeSpan Guess = TimeSpan.FromMilliseconds(3);

    public int MaxSeats => Math.Max(Seats, FinalSeats);

    /// <summary>In seat-seconds, if service itself takes as long as is guessed.</summary>
    public double Estimate => (Seats * Guess.TotalSeconds) + (FinalSeats * Linger.TotalSeconds);

    /// <summary>On no more seats than there are at the end: the same work on fewer takes longer.</summary>
    public Work Within(int limit) =>
        FinalSeats > limit && limit > 0 ? this with { FinalSeats = limit, Linger = Linger * FinalSeats / limit } : this;
}
