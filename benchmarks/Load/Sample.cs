using System.Diagnostics;

namespace KubeSharp.Load;

/// <summary>Times of many like operations, printed as one line of the table.</summary>
internal sealed class Sample
{
    private readonly List<double> _milliseconds = [];
    private readonly Lock _gate = new();
    private readonly Stopwatch _whole = Stopwatch.StartNew();

    public async Task TimeAsync(Func<Task> operation)
    {
        var start = Stopwatch.GetTimestamp();
        await operation();
        var spent = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (_gate)
            _milliseconds.Add(spent);
    }

    public void Print(string what)
    {
        var whole = _whole.Elapsed.TotalSeconds;
        _milliseconds.Sort();
        Table.Row(what, $"{_milliseconds.Count / whole:0}/s", $"p50 {At(0.5):0.00} ms, p99 {At(0.99):0.00} ms");
    }

    public void PrintTimes(string what) =>
        Table.Row(what, $"{At(0.5):0.0} ms", $"min {At(0):0.0} ms, p99 {At(0.99):0.0} ms, {_milliseconds.Count} runs");

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
