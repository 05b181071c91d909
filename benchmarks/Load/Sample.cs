using System.Diagnostics;
using System.Globalization;

namespace KubeSharp.Load;

/// <summary>Times of many like operations, printed as one line of the table.</summary>
internal sealed class Sample
{
    private readonly List<double> _milliseconds = [];
    private readonly Lock _gate = new();
    private readonly Stopwatch _whole = Stopwatch.StartNew();
    private readonly double _cpu = ServerCpu();

    public async Task TimeAsync(Func<Task> operation)
    {
        var start = Stopwatch.GetTimestamp();
        await operation();
        var spent = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (_gate)
            _milliseconds.Add(spent);
    }

    public void Time(Action operation)
    {
        var start = Stopwatch.GetTimestamp();
        operation();
        var spent = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (_gate)
            _milliseconds.Add(spent);
    }

    public void Print(string what)
    {
        var (whole, cpu) = (_whole.Elapsed.TotalSeconds, ServerCpu() - _cpu);
        _milliseconds.Sort();
        Table.Row(what, $"{_milliseconds.Count / whole:0}/s", $"p50 {At(0.5):0.00} ms, p99 {At(0.99):0.00} ms; the server's share {cpu / _milliseconds.Count * 1e6:0} µs of CPU each");
    }

    public void PrintTimes(string what, bool isWithCpu = false)
    {
        var cpu = (ServerCpu() - _cpu) / _milliseconds.Count;
        var share = isWithCpu && cpu > 0 ? $"; the server's share {cpu * 1e3:0.0} ms of CPU each" : "";
        Table.Row(what, $"{At(0.5):0.0} ms", $"min {At(0):0.0} ms, p99 {At(0.99):0.0} ms, {_milliseconds.Count} runs{share}");
    }

    /// <summary>Seconds of processor time that the server has had, so that the load's own work beside it can be told apart.</summary>
    public static double ServerCpu()
    {
        if (Environment.GetEnvironmentVariable("SERVER_PID") is not { Length: > 0 } pid)
            return 0;

        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    private double At(double share)
    {
        _milliseconds.Sort();
        return _milliseconds[Math.Min(_milliseconds.Count - 1, (int)(share * _milliseconds.Count))];
    }
}

/// <summary>The table that <c>./bench</c> prints, in markdown.</summary>
internal static class Table
{
    public static void Row(string what, string result, string detail) => Console.WriteLine($"| {what} | {result} | {detail} |");
}
