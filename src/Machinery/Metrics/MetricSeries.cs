namespace KubeSharp.Machinery.Metrics;

/// <summary>The number, or the distribution, behind one set of labels. Written from any thread without a lock.</summary>
internal sealed class MetricSeries(IReadOnlyList<double> bounds, bool isHistogram)
{
    // One more than bounds: what is greater than all of them.
    private readonly long[] _buckets = isHistogram ? new long[bounds.Count + 1] : [];
    private double _sum;

    public double Value => Volatile.Read(ref _sum);

    public void Set(double value) => Volatile.Write(ref _sum, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _sum);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen))
                return;
            seen = before;
        }
    }

    public void Observe(double value)
    {
        var i = 0;
        while (i < bounds.Count && value > bounds[i])
            i++;
        Interlocked.Increment(ref _buckets[i]);
        Add(value);
    }

    /// <summary>How many measurements fell into each bucket, the last being what no bound holds.</summary>
    public long[] Counts()
    {
        var counts = new long[_buckets.Length];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = Interlocked.Read(ref _buckets[i]);
        return counts;
    }
}
