using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.Store.Tests.Sqlite;

public sealed class StoreBackupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_taken_under_load_is_one_moment_of_the_store_and_becomes_a_store_with_the_same_objects()
    {
        await using (var store = await OpenAsync("state.db"))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var writing = Task.Run(async () =>
            {
                // Always both or neither of a pair can be there: the second is written after the first.
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await store.TryPutAsync($"/first/{i:D6}", Encoding.UTF8.GetBytes($"{i}"), 0, Ct);
                    await store.TryPutAsync($"/second/{i:D6}", Encoding.UTF8.GetBytes($"{i}"), 0, Ct);
                }
            }, Ct);
            while (store.Revision < 200)
                await Task.Yield();
            StoreBackup.Write(_folder["state.db"], _folder["copy.db"]);
            await stop.CancelAsync();
            await writing;
        }

        StoreBackup.Restore(_folder["copy.db"], _folder["restored.db"], TimeProvider.System);
        await using var restored = await OpenAsync("restored.db");
        var (first, second) = ((await restored.RangeAsync(new("/first/"), Ct)).Entries, (await restored.RangeAsync(new("/second/"), Ct)).Entries);
        Assert.InRange(first.Count, 99, int.MaxValue);
        Assert.InRange(first.Count - second.Count, 0, 1);
        Assert.All(first, e => Assert.Equal(int.Parse(e.Key[^6..], CultureInfo.InvariantCulture), int.Parse(Encoding.UTF8.GetString(e.Value.Span), CultureInfo.InvariantCulture)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["copy.db"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["restored.db"]));
    }

    [Fact]
    public async Task A_restored_store_goes_on_beyond_every_revision_that_was_seen_and_says_that_the_past_is_gone()
    {
        long seen;
        await using (var store = await OpenAsync("state.db"))
        {
            await store.TryPutAsync("/a", "old"u8.ToArray(), 0, Ct);
            StoreBackup.Write(_folder["state.db"], _folder["copy.db"]);
            await store.TryPutAsync("/a", "new"u8.ToArray(), 2, Ct);
            seen = (await store.TryPutAsync("/b", default, 0, Ct))!.Value;
        }

        StoreBackup.Restore(_folder["copy.db"], _folder["restored.db"], TimeProvider.System);
        await using var restored = await OpenAsync("restored.db");
        Assert.True(restored.Revision > seen);
        Assert.Equal("old", Encoding.UTF8.GetString((await restored.FindAsync("/a", Ct))!.Value.Span));
        Assert.Null(await restored.FindAsync("/b", Ct));
        foreach (var after in (long[])[0, 2, seen, seen + 100])
            await Assert.ThrowsAsync<CompactedException>(async () => await restored.WatchAsync("/", after, Ct).FirstAsync(Ct));
        await Assert.ThrowsAsync<CompactedException>(async () => await restored.RangeAsync(new("/", Revision: seen), Ct));

        var from = restored.Revision;
        Assert.Equal(from + 1, await restored.TryPutAsync("/a", "newer"u8.ToArray(), 2, Ct));
        Assert.Equal([from + 1], await restored.WatchAsync("/", from, Ct).Take(1).Select(c => c.Entry.ModRevision).ToListAsync(Ct));
        await restored.CompactAsync(from + 1, Ct); // over the leap
        Assert.Equal("newer", Encoding.UTF8.GetString((await restored.FindAsync("/a", Ct))!.Value.Span));
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_what_is_no_copy_is_refused_and_leaves_nothing()
    {
        await (await OpenAsync("state.db")).DisposeAsync();
        StoreBackup.Write(_folder["state.db"], _folder["copy.db"]);
        Assert.StartsWith("The file", Assert.Throws<StoreException>(() => StoreBackup.Write(_folder["state.db"], _folder["copy.db"])).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is a store at", Assert.Throws<StoreException>(() => StoreBackup.Restore(_folder["copy.db"], _folder["state.db"], TimeProvider.System)).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no", Assert.Throws<StoreException>(() => StoreBackup.Write(_folder["none.db"], _folder["x.db"])).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder["text"], new string('x', 10_000), Ct);
        Assert.Throws<StoreException>(() => StoreBackup.Restore(_folder["text"], _folder["new.db"], TimeProvider.System));
        Assert.False(File.Exists(_folder["new.db"]));
    }

    /// <summary>Written by this project's first layout; whatever comes later must read it.</summary>
    [Fact]
    public async Task A_file_of_the_first_layout_is_read()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "layout-1.db"), _folder["state.db"]);
        await using var store = await OpenAsync("state.db");

        Assert.Equal(7, store.Revision);
        Assert.Equal(
            ["/registry/configmaps/demo/a=2@5/2", "/registry/namespaces/demo=n@3/3"],
            (await store.RangeAsync(new("/registry/"), Ct)).Entries.Select(e => $"{e.Key}={Encoding.UTF8.GetString(e.Value.Span)}@{e.ModRevision}/{e.CreateRevision}"));
        Assert.Equal(
            [(ChangeType.Put, 5L, "2", "1"), (ChangeType.Put, 6L, "gone", ""), (ChangeType.Delete, 7L, "gone", "gone")],
            await store.WatchAsync("/registry/", 4, Ct).Take(3).Select(c => (c.Type, c.Entry.ModRevision, Encoding.UTF8.GetString(c.Entry.Value.Span), Encoding.UTF8.GetString(c.Previous.Span))).ToListAsync(Ct));
        await Assert.ThrowsAsync<CompactedException>(async () => await store.RangeAsync(new("/", Revision: 3), Ct));
        Assert.Equal(8, await store.TryPutAsync("/registry/configmaps/demo/a", "3"u8.ToArray(), 5, Ct));
    }

    /// <summary>Writes the golden file anew: run by name when the layout changes, under that layout's name, and never over an older one.</summary>
    [Fact(Explicit = true)]
    public async Task Write_the_golden_file()
    {
        await using (var store = await OpenAsync("golden.db"))
        {
            await store.TryPutAsync("/registry/configmaps/demo/a", "1"u8.ToArray(), 0, Ct); // 2
            await store.TryPutAsync("/registry/namespaces/demo", "n"u8.ToArray(), 0, Ct); // 3
            await store.TryPutAsync("/other", "o"u8.ToArray(), 0, Ct); // 4
            await store.TryPutAsync("/registry/configmaps/demo/a", "2"u8.ToArray(), 2, Ct); // 5
            await store.TryPutAsync("/registry/secrets/demo/s", "gone"u8.ToArray(), 0, Ct); // 6
            await store.TryDeleteAsync("/registry/secrets/demo/s", 6, Ct); // 7
            await store.CompactAsync(4, Ct);
        }

        StoreBackup.Write(_folder["golden.db"], Environment.GetEnvironmentVariable("KUBESHARP_GOLDEN_STORE")!);
    }

    private Task<SqliteStore> OpenAsync(string name) => SqliteStore.OpenAsync(new() { Path = _folder[name] }, TimeProvider.System, NullLogger.Instance);
}
