using System.Globalization;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The process as Prometheus' client libraries show it, and the runtime's heap.</summary>
internal static class ProcessMetrics
{
    private const double TicksPerSecond = 100; // USER_HZ of every Linux
    private const int PageSize = 4096;

    public static void Write(PrometheusText text, DateTimeOffset now)
    {
        // /proc/self/stat: what stands behind the name in parentheses, which may hold anything.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var cpu = (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        text.Single("process_cpu_seconds_total", "counter", "Processor time used, user and system.", cpu);
        text.Single("process_virtual_memory_bytes", "gauge", "Virtual memory.", Number(fields[20]));
        text.Single("process_resident_memory_bytes", "gauge", "Resident memory.", Number(fields[21]) * PageSize);
        text.Single("process_open_fds", "gauge", "Open file descriptors.", Directory.GetFileSystemEntries("/proc/self/fd").Length);
        text.Single("process_max_fds", "gauge", "How many file descriptors may be open.", MaxDescriptors());
        var uptime = Number(File.ReadAllText("/proc/uptime").Split(' ')[0]);
        text.Single("process_start_time_seconds", "gauge", "When the process began, since the epoch.", now.ToUnixTimeMilliseconds() / 1000.0 - uptime + (Number(fields[19]) / TicksPerSecond));
        text.Single("dotnet_gc_heap_size_bytes", "gauge", "Memory of live and not yet collected objects.", GC.GetTotalMemory(forceFullCollection: false));
        text.Single("dotnet_gc_collections_total", "counter", "Collections of all generations.", GC.CollectionCount(0));
        text.Single("dotnet_thread_pool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
    }

    /// <summary>The soft limit out of <c>Max open files            1024                 524288               files</c>.</summary>
    private static double MaxDescriptors()
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && double.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : double.PositiveInfinity;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
