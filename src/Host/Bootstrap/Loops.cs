using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Bootstrap;

/// <summary>
/// The long-running parts of the process. Each survives what it talks to by itself; an exception that reaches this place is a bug: it
/// is logged with its stack and the part starts again, so that one part's bug does not take the others down.
/// </summary>
internal sealed partial class Loops(TimeProvider clock, ILogger<Loops> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly List<Task> _running = [];

    public void Start(string name, Func<CancellationToken, Task> run, CancellationToken ct) => _running.Add(KeepAsync(name, run, ct));

    /// <summary>Completes when all have ended.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_running);

    private async Task KeepAsync(string name, Func<CancellationToken, Task> run, CancellationToken ct)
    {
        await Task.Yield(); // the caller starts the next one meanwhile
        var pause = Pause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await run(ct);
                if (!ct.IsCancellationRequested)
                    Ended(name);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the one boundary where a part's bug must not end the process
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failed(e, name, pause.TotalSeconds);
            }

            try
            {
                await Task.Delay(pause, clock, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Part} ended by an error; it starts again in {Seconds} s")]
    private partial void Failed(Exception e, string part, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "{Part} ended although nobody asked it to; it starts again")]
    private partial void Ended(string part);
}
