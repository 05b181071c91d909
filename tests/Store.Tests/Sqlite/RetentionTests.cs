using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>How long and how large the history is, also over restarts.</summary>
public sealed class RetentionTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => _folder["store.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Age_counts_on_over_a_restart()
    {
        await using (var store = await OpenAsync())
        {
            var created = (await store.TryPutAsync("/a", "old"u8.ToArray(), 0, Ct))!.Value;
            await store.TryDeleteAsync("/a", created, Ct);
            _clock.Advance(TimeSpan.FromMinutes(1));
            await store.TryPutAsync("/x", default, 0, Ct); // the last change before the history begins is still a part of it
            _clock.Advance(TimeSpan.FromDays(6));
            var young = (await store.TryPutAsync("/b", "young"u8.ToArray(), 0, Ct))!.Value;
            await store.TryDeleteAsync("/b", young, Ct);
        }

        await using (var store = await OpenAsync())
        {
            using var stop = new Loop(store);
            Assert.Equal(["/a", "/b"], await DeletedAsync(store));
            Assert.Equal([TimeSpan.FromDays(6) + TimeSpan.FromMinutes(1), TimeSpan.Zero], (await store.DeletedAsync(new("/", 10), Ct)).Versions.Select(v => _clock.GetUtcNow() - v.Time!.Value));

            _clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
            await UntilAsync(async () => (await DeletedAsync(store)) is ["/b"]);
            await store.TryPutAsync("/c", default, 0, Ct);
            _clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(2));
            await UntilAsync(async () => (await DeletedAsync(store)).Count == 0 && Query("SELECT count(*) FROM deleted") == 0);
            Assert.Equal(1, Query("SELECT count(*) FROM moments"));
        }
    }

    [Fact]
    public async Task The_history_is_cut_to_its_size_and_what_is_recent_stays()
    {
        const long Limit = 400_000;
        await using var store = await OpenAsync(new() { Path = File, HistoryBytes = Limit });
        using var loop = new Loop(store);
        var last = 0L;
        for (var i = 0; i < 100; i++)
            last = (await store.TryPutAsync("/a", new byte[10_000], last, Ct))!.Value;

        // A megabyte, but all of it of this minute.
        _clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => Task.FromResult(Query("SELECT value FROM meta WHERE name = 'counted'") == last));
        Assert.Equal(100, (await store.VersionsAsync(new("/a", 1_000), Ct)).Versions.Count);

        _clock.Advance(TimeSpan.FromMinutes(10));
        await store.TryPutAsync("/b", "x"u8.ToArray(), 0, Ct);
        await UntilAsync(() => Task.FromResult(Query("SELECT value FROM meta WHERE name = 'bytes'") <= Limit));
        var kept = (await store.VersionsAsync(new("/a", 1_000), Ct)).Versions.Count;
        Assert.InRange(kept, 36, 41);
        Assert.Equal(kept + 1, Query("SELECT count(*) FROM log"));
        Assert.Equal(last, (await store.FindAsync("/a", Ct))!.ModRevision);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_size_of_the_history_is_known_after_a_restart(bool isNoted)
    {
        var random = new Random(3);
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 200; i++)
            {
                var key = $"/k{random.Next(10)}";
                var last = (await store.FindAsync(key, Ct))?.ModRevision ?? 0;
                if (last > 0 && i % 5 == 0)
                    await store.TryDeleteAsync(key, last, Ct);
                else
                    await store.TryPutAsync(key, new byte[random.Next(500)], last, Ct);
                if (i == 120 && isNoted)
                    await store.CompactAsync(60, Ct);
            }
        }

        const string Expected = "SELECT sum(octet_length(key) + length(value) + 64) FROM log WHERE revision NOT IN (SELECT revision FROM current)";
        await using (await OpenAsync())
        {
        }

        await using (var store = await OpenAsync())
        {
            await store.CompactAsync(100, Ct); // notes it
            Assert.Equal(Query(Expected), Query("SELECT value FROM meta WHERE name = 'bytes'"));
        }
    }

    [Fact]
    public async Task A_file_of_the_first_layout_is_taken_over()
    {
        await using (var store = await OpenAsync())
        {
            var a = (await store.TryPutAsync("/a", "1"u8.ToArray(), 0, Ct))!.Value;
            await store.TryPutAsync("/a", "2"u8.ToArray(), a, Ct);
            var b = (await store.TryPutAsync("/b", "b"u8.ToArray(), 0, Ct))!.Value;
            await store.TryDeleteAsync("/b", b, Ct);
        }

        foreach (var statement in (string[])["DROP TABLE deleted", "DROP TABLE moments", "DELETE FROM meta WHERE name IN ('bytes', 'counted')", "PRAGMA user_version = 1"])
            Query(statement);

        await using (var store = await OpenAsync())
        {
            Assert.Equal(["/b"], await DeletedAsync(store));
            var versions = (await store.VersionsAsync(new("/a", 10), Ct)).Versions;
            Assert.Equal(["2", "1"], versions.Select(v => Encoding.UTF8.GetString(v.Entry.Value.Span)));
            Assert.All(versions, v => Assert.Null(v.Time));
            Assert.Equal(6, await store.TryPutAsync("/c", default, 0, Ct));
        }
    }

    [Fact]
    public async Task A_clock_that_goes_back_does_no_harm()
    {
        await using var store = await OpenAsync();
        await store.TryPutAsync("/a", default, 0, Ct);
        var noon = _clock.GetUtcNow();
        await store.DisposeAsync();

        var earlier = new FakeTimeProvider(noon.AddHours(-1));
        await using var again = await SqliteStore.OpenAsync(new() { Path = File }, earlier, NullLogger.Instance);
        await again.TryPutAsync("/a", "x"u8.ToArray(), 2, Ct);
        Assert.Equal([noon, noon], (await again.VersionsAsync(new("/a", 10), Ct)).Versions.Select(v => v.Time!.Value));
    }

    /// <summary>Not a pass or a fail: what keeping history costs, for the README.</summary>
    [Fact]
    public async Task Costs()
    {
        await using var store = await SqliteStore.OpenAsync(new() { Path = File, HistoryBytes = long.MaxValue }, TimeProvider.System, NullLogger.Instance);
        var value = new byte[1_024];
        var revisions = new long[1_000];
        for (var round = 0; round < 30; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(revisions.Select(async (r, i) => revisions[i] = (await store.TryPutAsync($"/objects/{i:D4}", value, r, Ct))!.Value));
            if (round % 10 == 9)
                output.WriteLine($"after {(round + 1) * 1_000} versions: {1_000 / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} updates/s");
        }

        var began = Stopwatch.GetTimestamp();
        var page = await store.RangeAsync(new("/objects/", "", 500, store.Revision - 10), Ct);
        output.WriteLine($"a page of 500 of 1,000 keys with 30 versions each, 10 revisions ago: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
        Assert.Equal((500, 500), (page.Entries.Count, page.Remaining));
    }

    private Task<SqliteStore> OpenAsync(SqliteStoreOptions? options = null) => SqliteStore.OpenAsync(options ?? new() { Path = File }, _clock, NullLogger.Instance);

    private static async Task<List<string>> DeletedAsync(SqliteStore store) => [.. (await store.DeletedAsync(new("/", 100), Ct)).Versions.Select(v => v.Entry.Key)];

    /// <summary>The clock creeps meanwhile: whoever began to wait after it had jumped would wait for ever.</summary>
    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var attempt = 0; !await isSo(); attempt++)
        {
            Assert.True(attempt < 4_000, "it never came to be");
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    private long Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private sealed class Loop : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Loop(SqliteStore store) => _running = store.RunAsync(_stop.Token);

        public void Dispose()
        {
            _stop.Cancel();
            _ = _running.Exception; // cancelled, or the test has failed already
            _stop.Dispose();
        }
    }
}
