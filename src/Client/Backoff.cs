namespace KubeSharp.Client;

/// <summary>Waits that grow with each failure in a row.</summary>
/// <param name="First">The wait after the first failure.</param>
/// <param name="Most">The longest wait, before jitter.</param>
/// <param name="Jitter">How much longer, at most and by chance, as a part of the wait: 1 for up to twice as long.</param>
public readonly record struct Backoff(TimeSpan First, TimeSpan Most, double Factor = 2, double Jitter = 0)
{
    /// <param name="failures">In a row; none means no wait.</param>
    public TimeSpan After(int failures, Random random)
    {
        if (failures <= 0)
            return TimeSpan.Zero;

        var grown = First.TotalMilliseconds * Math.Pow(Factor, failures - 1); // may be infinite, which is more than the most
        var wait = Math.Min(grown, Most.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Jitter > 0 ? wait * (1 + (Jitter * random.NextDouble())) : wait);
    }
}
