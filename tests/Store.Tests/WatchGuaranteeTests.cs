using System.Collections.Concurrent;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests;

/// <summary>
/// etcd's promises about watches, for both stores: ordered, unique, resumable, nothing lost but what is said to be compacted. Programs are
/// made by chance and cut down to the smallest that fails.
/// </summary>
public sealed class WatchGuaranteeTests : IDisposable
{
    private const int SmallBuffer = 3;

    private static readonly Gen<WatchStep> Step = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(WatchStepType.Put)),
            (3, Gen.Const(WatchStepType.Delete)),
            (1, Gen.Const(WatchStepType.Compact)),
            (1, Gen.Const(WatchStepType.Restart)),
            (2, Gen.Const(WatchStepType.Open)),
            (5, Gen.Const(WatchStepType.Read)),
            (1, Gen.Const(WatchStepType.Drop))),
        Gen.Int[0, 99],
        Gen.Int[0, 99],
        (type, what, much) => new WatchStep(type, what, much));

    private readonly TempFolder _folder = new();
    private int _files;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_watch_of_the_memory_store_tells_each_change_once_and_in_order_from_wherever_it_resumes() =>
        Step.Where(s => s.Type != WatchStepType.Restart).Array[1, 80].SampleAsync(
            steps => RunAsync(steps, () => Task.FromResult<IStore>(new MemoryStore()), watchBuffer: 8_192), iter: 400, print: Text);

    [Theory]
    [InlineData(8_192)]
    [InlineData(SmallBuffer)]
    public Task A_watch_of_the_file_tells_each_change_once_and_in_order_from_wherever_it_resumes_over_restarts_too(int watchBuffer) =>
        Step.Array[1, 80].SampleAsync(
            steps =>
            {
                var path = _folder[$"{Interlocked.Increment(ref _files)}.db"];
                return RunAsync(steps, async () => await SqliteStore.OpenAsync(new() { Path = path, WatchBuffer = watchBuffer }, TimeProvider.System, NullLogger.Instance), watchBuffer);
            },
            iter: 60,
            print: Text);

    [Fact]
    public async Task Clients_that_resume_miss_and_repeat_nothing_while_many_write_and_the_store_is_closed_and_opened()
    {
        const int Writers = 6, Rounds = 5, PerRound = 150;
        var path = _folder["busy.db"];
        var options = new SqliteStoreOptions { Path = path, WatchBuffer = 16 }; // each watch falls behind again and again
        var written = new ConcurrentDictionary<long, string>();
        var versions = new long[Writers];
        var clients = Enumerable.Range(0, 8).Select(i => new BusyClient(i % 2 == 0 ? "/" : $"/{i % Writers}")).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            await using var store = await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance);
            Assert.Equal(written.Keys.DefaultIfEmpty(1).Max(), store.Revision);
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var following = clients.Select(c => Task.Run(() => c.FollowAsync(store, closing.Token))).ToList();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
            {
                for (var i = 0; i < PerRound; i++)
                {
                    var revision = i % 7 == 6
                        ? await store.TryDeleteAsync($"/{w}", versions[w], Ct)
                        : await store.TryPutAsync($"/{w}", Encoding.UTF8.GetBytes($"{round} {i}"), versions[w], Ct);
                    written[revision!.Value] = $"/{w}";
                    versions[w] = i % 7 == 6 ? 0 : revision.Value;
                }
            })));
            await store.CompactAsync(store.Revision - 40, Ct);
            await closing.CancelAsync(); // wherever they are
            await Task.WhenAll(following);
        }

        await using var last = await SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance);
        foreach (var client in clients)
        {
            await client.CatchUpAsync(last, Ct);
            var expected = written.Where(w => w.Value.StartsWith(client.Prefix, StringComparison.Ordinal)).Select(w => w.Key).Where(r => !client.IsPassedOver(r)).Order();
            Assert.Equal(expected, client.Seen);
        }
    }

    private static async Task RunAsync(WatchStep[] steps, Func<Task<IStore>> open, int watchBuffer)
    {
        await using var program = new WatchProgram(open, watchBuffer);
        await program.RunAsync(steps);
    }

    private static string Text(WatchStep[] steps) => string.Join(' ', steps);

    /// <summary>Follows as long as it may; told that its place is gone it lists, and what the list stands for counts as passed over.</summary>
    private sealed class BusyClient(string prefix)
    {
        private readonly List<(long After, long Through)> _listed = [];
        private long _after = 1;

        public string Prefix => prefix;

        public List<long> Seen { get; } = [];

        public bool IsPassedOver(long revision) => _listed.Exists(l => revision > l.After && revision <= l.Through);

        public async Task FollowAsync(IStore store, CancellationToken ct)
        {
            while (!ct.IsCancellationRequested)
            {
                try
                {
                    await foreach (var change in store.WatchAsync(prefix, _after, ct))
                        See(change);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (CompactedException)
                {
                    await ResumeAsync(store);
                }
            }
        }

        public async Task CatchUpAsync(IStore store, CancellationToken ct)
        {
            var range = await store.RangeAsync(new(prefix), ct);
            var newest = Math.Max(_after, range.Entries.Select(e => e.ModRevision).DefaultIfEmpty(0).Max());
            while (_after < newest)
            {
                try
                {
                    await foreach (var change in store.WatchAsync(prefix, _after, ct))
                    {
                        See(change);
                        if (_after >= newest)
                            break;
                    }
                }
                catch (CompactedException)
                {
                    await ResumeAsync(store);
                }
            }
        }

        private void See(Change change)
        {
            Seen.Add(change.Entry.ModRevision);
            _after = change.Entry.ModRevision;
        }

        /// <summary>Where it only lagged its place is still there; else it lists.</summary>
        private async Task ResumeAsync(IStore store)
        {
            try
            {
                await store.RangeAsync(new(prefix, Limit: 1, Revision: _after), Ct);
            }
            catch (CompactedException)
            {
                var list = await store.RangeAsync(new(prefix), Ct);
                _listed.Add((_after, list.Revision));
                _after = list.Revision;
            }
        }
    }
}
