using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>How often something is looked after.</summary>
/// <param name="Period">After it went well.</param>
/// <param name="FirstPause">After the first failure; doubled with each further one.</param>
/// <param name="LongestPause">What the doubling ends at.</param>
internal sealed record UpkeepTimes(TimeSpan Period, TimeSpan FirstPause, TimeSpan LongestPause);

/// <summary>
/// Looks after each remote API by itself: at once when something about it changed, else from time to time. One that hangs holds up no other.
/// </summary>
/// <param name="marks">What about an API matters: when its mark changes, it is looked at again.</param>
/// <param name="tend">Looks after one; false if it failed.</param>
/// <param name="forget">Told of an API that is there no longer, after its last look.</param>
internal sealed partial class Upkeep(
    string name, RemoteApis apis, Func<RemoteApi, string> marks, Func<RemoteApi, CancellationToken, Task<bool>> tend, Func<string, ValueTask> forget, UpkeepTimes times, TimeProvider clock, ILogger log)
{
    // One place is enough: a wake-up says only that something changed. A second one while the first waits adds nothing.
    private readonly Channel<bool> _wakes = Signal();

    public void Wake() => _wakes.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken ct)
    {
        var followed = new Dictionary<string, Watch>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                await MatchAsync(followed, ct);
                await _wakes.Reader.ReadAsync(ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the server stops
        }
        finally
        {
            foreach (var watch in followed.Values)
                await watch.EndAsync();
        }
    }

    private async Task MatchAsync(Dictionary<string, Watch> followed, CancellationToken ct)
    {
        foreach (var watch in followed.Values)
            await watch.ThrowIfBrokenAsync();

        var all = apis.All.ToDictionary(a => a.Name);
        foreach (var gone in followed.Keys.Where(n => !all.ContainsKey(n)).ToList())
        {
            followed.Remove(gone, out var ended);
            await ended!.EndAsync();
            await forget(gone);
        }

        foreach (var (key, api) in all)
        {
            var mark = marks(api);
            if (!followed.TryGetValue(key, out var watch))
                followed[key] = new Watch(mark, (signal, stop) => TendAsync(key, signal, stop), ct);
            else
                watch.Note(mark);
        }
    }

    private async Task TendAsync(string key, ChannelReader<bool> signal, CancellationToken ct)
    {
        await Task.Yield();
        try
        {
            await TendAsync(key, signal, failures: 0, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            Wake(); // a bug: whoever runs all of this logs it
            throw;
        }
    }

    private async Task TendAsync(string key, ChannelReader<bool> signal, int failures, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (apis.All.FirstOrDefault(a => a.Name == key) is { } api)
                failures = await TryAsync(api, failures > 0, ct) ? 0 : failures + 1;
            await WaitAsync(signal, PauseAfter(failures), ct);
        }
    }

    private async Task<bool> TryAsync(RemoteApi api, bool hasFailed, CancellationToken ct)
    {
        try
        {
            var isWell = await tend(api, ct);
            if (isWell && hasFailed)
                IsBack(name, api.Name);
            return isWell;
        }
        catch (Exception e) when (e is ApiException or Store.StoreException or IOException or FormatException or System.Text.Json.JsonException)
        {
            if (!hasFailed)
                Failed(name, api.Name, e.Message);
            return false;
        }
    }

    private TimeSpan PauseAfter(int failures)
    {
        if (failures == 0)
            return times.Period;

        var pause = times.FirstPause * Math.Pow(2, Math.Min(failures - 1, 30));
        return pause < times.LongestPause ? pause : times.LongestPause;
    }

    private async Task WaitAsync(ChannelReader<bool> signal, TimeSpan pause, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(pause, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            await signal.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // it is time
        }
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The loop of one API.</summary>
    private sealed class Watch
    {
        private readonly Channel<bool> _signal = Signal();
        private readonly CancellationTokenSource _stop;
        private readonly Task _task;
        private string _mark;

        public Watch(string mark, Func<ChannelReader<bool>, CancellationToken, Task> run, CancellationToken ct)
        {
            _mark = mark;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            _task = run(_signal.Reader, _stop.Token);
        }

        public void Note(string mark)
        {
            if (mark == _mark)
                return;

            _mark = mark;
            _signal.Writer.TryWrite(true);
        }

        public Task ThrowIfBrokenAsync() => _task.IsFaulted ? _task : Task.CompletedTask;

        public async Task EndAsync()
        {
            await _stop.CancelAsync();
            await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Loop} of APIService {Name} failed; trying again: {Why}")]
    private partial void Failed(string loop, string name, string why);

    [LoggerMessage(2, LogLevel.Information, "{Loop} of APIService {Name} works again")]
    private partial void IsBack(string loop, string name);
}
