using System.Collections.Concurrent;

namespace KubeSharp.Kubelet.Server;

/// <summary>Turns growing counts of CPU time into rates, from one asking to the next.</summary>
internal sealed class CpuRates
{
    /// <summary>A rate over less time says nothing.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Sample> _samples = new();

    /// <returns>Billionths of a core; <see langword="null"/> at the first asking.</returns>
    public long? NanoCores(string id, DateTimeOffset time, long cpuNanoseconds)
    {
        if (!_samples.TryGetValue(id, out var last) || cpuNanoseconds < last.Cpu)
        {
            _samples[id] = new(time, cpuNanoseconds, null);
            return null;
        }

        if (time - last.Time < Shortest)
            return last.Rate;

        var rate = (long)((cpuNanoseconds - last.Cpu) / (time - last.Time).TotalSeconds);
        _samples[id] = new(time, cpuNanoseconds, rate);
        foreach (var (key, sample) in _samples)
        {
            if (time - sample.Time > Forget)
                _samples.TryRemove(key, out _);
        }

        return rate;
    }

    private sealed record Sample(DateTimeOffset Time, long Cpu, long? Rate);
}
