using System.Diagnostics;
using System.Globalization;

namespace KubeSharp.Load;

/// <summary>The pure parts, measured in this process without a cluster.</summary>
internal static class Parts
{
    public static bool TryRun(string section)
    {
        switch (section)
        {
            case "decisions":
                DecisionLoad.Run();
                return true;
            case "forwarding":
                ForwardingLoad.Run();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Processor time of the calling thread, as far as others on this machine let it be told: the least of several runs.</summary>
    /// <param name="run">One whole run; answers how many operations it was.</param>
    public static void Measure(string what, Func<int> run)
    {
        const int Runs = 5;
        var (best, allocated) = (TimeSpan.MaxValue, 0L);
        for (var i = 0; i < Runs; i++)
        {
            GC.Collect();
            var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            var count = run();
            var each = Stopwatch.GetElapsedTime(start) / count;
            (best, allocated) = each < best ? (each, (GC.GetAllocatedBytesForCurrentThread() - bytes) / count) : (best, allocated);
        }

        Table.Row(what, string.Create(CultureInfo.InvariantCulture, $"{best.TotalMicroseconds:0.0} µs"), $"{allocated:n0} bytes allocated; the best of {Runs} runs");
    }
}
