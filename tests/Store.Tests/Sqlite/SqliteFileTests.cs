using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Store.Tests.Sqlite;

/// <summary>What is on the disk: that it lasts, that it stays small, and what happens when it is not what it should be.</summary>
public sealed class SqliteFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => _folder["store.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        long revision;
        await using (var store = await OpenAsync())
        {
            var a = (await store.TryPutAsync("/a", "1"u8.ToArray(), 0, Ct))!.Value;
            await store.TryPutAsync("/a", "2"u8.ToArray(), a, Ct);
            var b = (await store.TryPutAsync("/b", "x"u8.ToArray(), 0, Ct))!.Value;
            revision = (await store.TryDeleteAsync("/b", b, Ct))!.Value;
        }

        await using (var store = await OpenAsync())
        {
            Assert.Equal(revision, store.Revision);
            Assert.Equal("2", Text(await store.FindAsync("/a", Ct)));
            Assert.Null(await store.FindAsync("/b", Ct));
            Assert.Equal([2, 3, 4, 5], (await store.WatchAsync("/", 0, Ct).Take(4).ToListAsync(Ct)).Select(c => c.Entry.ModRevision));
        }
    }

    [Fact]
    public async Task The_revision_never_decreases_even_when_the_last_write_was_a_deletion_and_all_history_is_compacted()
    {
        long deleted;
        await using (var store = await OpenAsync())
        {
            var revision = (await store.TryPutAsync("/a", default, 0, Ct))!.Value;
            deleted = (await store.TryDeleteAsync("/a", revision, Ct))!.Value;
            await store.CompactAsync(long.MaxValue, Ct);
        }

        await using (var store = await OpenAsync())
        {
            Assert.Equal(deleted, store.Revision);
            Assert.Equal(deleted, (await Assert.ThrowsAsync<CompactedException>(async () => await store.RangeAsync(new("/", Revision: 1), Ct))).Oldest);
            Assert.Equal(deleted + 1, await store.TryPutAsync("/b", default, 0, Ct));
        }
    }

    [Fact]
    public async Task The_file_is_for_its_owner_only()
    {
        await using var store = await OpenAsync();
        await store.TryPutAsync("/a", default, 0, Ct);

        Assert.All(
            Directory.GetFiles(Path.GetDirectoryName(File)!),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_second_opening_is_refused()
    {
        await using (await OpenAsync())
            Assert.Equal($"The store {File} is in use by another process.", (await Assert.ThrowsAsync<StoreException>(() => OpenAsync())).Message);

        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 10_000), Ct);

        Assert.StartsWith($"The file {File} is not a KubeSharp store", (await Assert.ThrowsAsync<StoreException>(() => OpenAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_alone()
    {
        Query("CREATE TABLE theirs (x)");
        var before = await System.IO.File.ReadAllBytesAsync(File, Ct);

        Assert.Equal(
            $"The file {File} is not a KubeSharp store: it is a database of another program.",
            (await Assert.ThrowsAsync<StoreException>(() => OpenAsync())).Message);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File, Ct));
    }

    [Fact]
    public async Task A_file_of_a_later_layout_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        Query("PRAGMA user_version = 3");

        Assert.Equal(
            $"The store {File} has layout 3; this version of KubeSharp reads layouts up to 2 only.",
            (await Assert.ThrowsAsync<StoreException>(() => OpenAsync())).Message);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_damaged_file_is_refused(bool isTruncated, bool isLarge)
    {
        await FillAsync(2_000);
        using (var file = System.IO.File.OpenWrite(File))
        {
            if (isTruncated)
            {
                file.SetLength(file.Length / 2);
            }
            else
            {
                file.Position = 40 * 4096; // a page header of the log or an index
                file.Write(new byte[64]);
            }
        }

        var options = new SqliteStoreOptions { Path = File, FullCheckBytes = isLarge ? 0 : long.MaxValue };
        var refused = await Assert.ThrowsAsync<StoreException>(() => SqliteStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance));
        Assert.StartsWith($"The store {File} is damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_value_is_noticed_when_it_is_read()
    {
        await using (var store = await OpenAsync())
        {
            await store.TryPutAsync("/a", Encoding.UTF8.GetBytes("a value to find"), 0, Ct);
            await store.TryPutAsync("/b", "sound"u8.ToArray(), 0, Ct);
        }

        var bytes = await System.IO.File.ReadAllBytesAsync(File, Ct);
        bytes[bytes.AsSpan().IndexOf("a value to find"u8)] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, bytes, Ct);

        await using var reopened = await OpenAsync();
        Assert.Equal("sound", Text(await reopened.FindAsync("/b", Ct)));
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await reopened.FindAsync("/a", Ct));
        Assert.Equal($"The store {File} is damaged: revision 2 of /a is not what was written. Restore it from a backup.", failure.Message);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_heals_when_there_is_space()
    {
        await using var store = await SqliteStore.OpenAsync(new() { Path = File, MaxBytes = 1 << 20 }, TimeProvider.System, NullLogger.Instance);
        var value = new byte[20_000];
        var last = 0L;
        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            while (true)
                last = (await store.TryPutAsync("/a", value, last, Ct))!.Value;
        });

        Assert.StartsWith($"The store {File} cannot grow: its disk or its quota is full", failure.Message, StringComparison.Ordinal);
        Assert.Equal(last, store.Revision);
        Assert.Equal(last, (await store.FindAsync("/a", Ct))!.ModRevision);
        await Assert.ThrowsAsync<StoreException>(async () => await store.TryPutAsync("/a", value, last, Ct));
        Assert.NotNull(await store.TryPutAsync("/small", "s"u8.ToArray(), 0, Ct)); // a small one may still fit: only what fails is refused

        await store.CompactAsync(store.Revision, Ct);
        Assert.Equal(store.Revision + 1, await store.TryPutAsync("/a", value, last, Ct));
    }

    [Fact]
    public async Task One_write_that_does_not_fit_does_not_fail_those_it_was_queued_with()
    {
        await using var store = await SqliteStore.OpenAsync(new() { Path = File, MaxBytes = 1 << 20 }, TimeProvider.System, NullLogger.Instance);

        var writes = Enumerable.Range(0, 40).Select(async i =>
        {
            try
            {
                return await store.TryPutAsync($"/{i}", new byte[i == 20 ? 2 << 20 : 100], 0, Ct);
            }
            catch (StoreException)
            {
                return null;
            }
        });

        var revisions = await Task.WhenAll(writes);
        Assert.Null(revisions[20]);
        Assert.Equal(Enumerable.Range(2, 39).Select(r => (long?)r), revisions.Where(r => r is not null).Order());
    }

    [Fact]
    public async Task Compaction_bounds_the_file()
    {
        await using var store = await OpenAsync();
        var value = new byte[8_192];
        var last = 0L;
        long? afterFirst = null;
        for (var round = 0; round < 6; round++)
        {
            for (var i = 0; i < 300; i++)
                last = (await store.TryPutAsync("/a", value, last, Ct))!.Value;

            await store.CompactAsync(store.Revision, Ct);
            afterFirst ??= Query("PRAGMA page_count");
        }

        Assert.InRange(Query("PRAGMA page_count"), 1, afterFirst!.Value * 11 / 10);
        Assert.InRange(Query("SELECT count(*) FROM log"), 1, 2);
    }

    [Fact]
    public async Task Space_of_a_large_burst_goes_back_to_the_file_system()
    {
        await using var store = await OpenAsync();
        var last = 0L;
        for (var i = 0; i < 40; i++)
            last = (await store.TryPutAsync("/a", new byte[1 << 20], last, Ct))!.Value;

        var before = Query("PRAGMA page_count");
        await store.CompactAsync(store.Revision, Ct);

        Assert.InRange(Query("PRAGMA page_count"), 1, before / 2);
    }

    [Fact]
    public async Task History_is_kept_for_its_time_and_then_compacted()
    {
        var clock = new FakeTimeProvider();
        await using var store = await SqliteStore.OpenAsync(new() { Path = File, History = TimeSpan.FromMinutes(5) }, clock, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await store.TryPutAsync("/a", "1"u8.ToArray(), 0, Ct);
        await store.TryPutAsync("/a", "2"u8.ToArray(), 2, Ct);
        var retention = store.RunAsync(stop.Token);

        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Single((await store.RangeAsync(new("/", Revision: 2), Ct)).Entries);

        while (!await IsCompactedAsync(2))
            clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await IsCompactedAsync(3));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => retention);

        async Task<bool> IsCompactedAsync(long revision)
        {
            try
            {
                await store.RangeAsync(new("/", Revision: revision), Ct);
                return false;
            }
            catch (CompactedException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Restart_with_100_000_objects()
    {
        await FillAsync(100_000);

        var start = Stopwatch.GetTimestamp();
        await using var store = await OpenAsync();
        var opened = Stopwatch.GetElapsedTime(start);
        var range = await store.RangeAsync(new("/objects/", "", 500), Ct);
        output.WriteLine($"opened 100,000 objects of 1 KiB in {opened.TotalMilliseconds:F0} ms; first page after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");

        Assert.Equal((500, 99_500), (range.Entries.Count, range.Remaining));
    }

    private Task<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(new() { Path = File }, TimeProvider.System, NullLogger.Instance);

    private async Task FillAsync(int count)
    {
        await using var store = await OpenAsync();
        var value = new byte[1_024];
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1_000))
            await Task.WhenAll(chunk.Select(i => store.TryPutAsync($"/objects/{i * 7_919 % count:D6}", value, 0, Ct).AsTask()));
    }

    private static string Text(Entry? entry) => Encoding.UTF8.GetString(entry!.Value.Span);

    private long Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
