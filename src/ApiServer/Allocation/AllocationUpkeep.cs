using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>Keeps what the server must have of its own (its Service and its range), and has everything compared and mended at start and from then on.</summary>
/// <remarks>Every server does so; each step of repair is a compare-and-swap, so that two do no more than one.</remarks>
internal sealed partial class AllocationUpkeep(
    BootstrapObjects bootstrap, OwnServiceRange range, AddressRepair addresses, PortRepair ports, Caches caches, Resources resources, TimeProvider clock, ILogger<AllocationUpkeep> log)
{
    /// <summary>As upstream's reconcilers of its own objects.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    /// <summary>As upstream's repair.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(3);

    /// <summary>Until a cache that is being filled can be watched.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1);

    private static readonly ObjectKey OwnService = new("default", AddressRanges.Own);

    private long _lastRound;
    private TimeSpan _untilNext = TimeSpan.Zero;
    private bool _hasFailed;

    /// <summary>From the end of the bootstrap until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await bootstrap.Done.WaitAsync(ct);
            await Task.WhenAll(RunRoundsAsync(ct), FollowDeletionsAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private async Task RunRoundsAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        do
        {
            await TriedAsync(() => KeepOwnAsync(ct));
            if (clock.GetElapsedTime(_lastRound) >= _untilNext)
                await TriedAsync(() => RepairAsync(ct));
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    private async Task KeepOwnAsync(CancellationToken ct)
    {
        await range.EnsureAsync(ct);
        // One that is there is left alone: several servers, each with an address of its own, would go on correcting each other.
        if (await caches.FindAsync(resources.Of<Service>(), OwnService, ct) is null)
            await bootstrap.EnsureOwnServiceAsync(ct);
    }

    private async Task RepairAsync(CancellationToken ct)
    {
        (_lastRound, _untilNext) = (clock.GetTimestamp(), Tick);
        var next = await addresses.RunOnceAsync(ct);
        var nextPorts = await ports.RunOnceAsync(ct);
        _untilNext = new[] { next, nextPorts, Interval }.OfType<TimeSpan>().Min();
    }

    /// <summary>An address that was deleted under its Service could be given to another until the next round; so this does not wait for it.</summary>
    private async Task FollowDeletionsAsync(CancellationToken ct)
    {
        var cache = caches.Of(resources.Of<AddressObject>());
        while (true)
        {
            var watcher = new CacheWatcher("", _ => true);
            if (cache.Watch(watcher, caches.Revision, caches.Revision) is null)
            {
                await Task.Delay(Pause, clock, ct); // the caches are being filled anew
                continue;
            }

            try
            {
                await foreach (var item in watcher.Items.ReadAllAsync(ct))
                {
                    if (item is { Type: CacheWatchItemType.Deleted, Object.Object: AddressObject gone })
                        await TriedAsync(() => addresses.DeletedAsync(gone, ct));
                }
            }
            finally
            {
                cache.Unwatch(watcher);
            }

            // What was missed meanwhile is found by a whole round.
            await TriedAsync(() => addresses.RunOnceAsync(ct));
        }
    }

    private async Task TriedAsync(Func<Task> step)
    {
        try
        {
            await step();
            _hasFailed = false;
        }
        catch (Exception e) when (e is ApiException or StoreException)
        {
            if (!_hasFailed && (e as ApiException)?.Code != 409)
                Failed(e);
            _hasFailed = true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The addresses of Services cannot be kept in order now; trying again")]
    private partial void Failed(Exception e);
}
