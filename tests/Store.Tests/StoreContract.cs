using System.Text;

namespace KubeSharp.Store.Tests;

/// <summary>What every store keeps to. A store's tests inherit it and say how to open an empty one.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected IStore Store { get; private set; } = null!;

    private protected abstract Task<IStore> OpenAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_store_has_revision_1_and_its_first_write_2()
    {
        Assert.Equal(1, Store.Revision);
        Assert.Equal(2, await PutAsync("/a", "x", 0));
        Assert.Equal(2, Store.Revision);
    }

    [Fact]
    public async Task A_second_create_of_a_key_loses()
    {
        await PutAsync("/a", "x", 0);

        Assert.Null(await PutAsync("/a", "y", 0));
        Assert.Equal("x", Text((await Store.FindAsync("/a", Ct))!.Value));
    }

    [Fact]
    public async Task An_update_needs_the_last_revision_and_keeps_that_of_the_creation()
    {
        var created = await PutAsync("/a", "x", 0);
        var updated = await PutAsync("/a", "y", created!.Value);

        Assert.Null(await PutAsync("/a", "z", created.Value));
        Assert.Null(await PutAsync("/absent", "z", created.Value));
        Assert.Equal(updated, Store.Revision);
        var entry = await Store.FindAsync("/a", Ct);
        Assert.Equal(("/a", "y", created, updated), (entry!.Key, Text(entry.Value), entry.CreateRevision, entry.ModRevision));
    }

    [Fact]
    public async Task A_deletion_needs_the_last_revision_and_has_one_of_its_own()
    {
        var first = await PutAsync("/a", "x", 0);
        var second = await PutAsync("/a", "y", first!.Value);

        Assert.Null(await Store.TryDeleteAsync("/a", first.Value, Ct));
        Assert.Null(await Store.TryDeleteAsync("/absent", 0, Ct));
        Assert.Equal(second + 1, await Store.TryDeleteAsync("/a", second!.Value, Ct));
        Assert.Null(await Store.FindAsync("/a", Ct));
        Assert.Null(await Store.TryDeleteAsync("/a", second.Value, Ct));

        var again = await PutAsync("/a", "z", 0);
        Assert.Equal(second + 2, again);
        Assert.Equal(again, (await Store.FindAsync("/a", Ct))!.CreateRevision);
    }

    [Fact]
    public async Task Empty_values_and_values_of_any_bytes_come_back_as_they_were()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        await Store.TryPutAsync("/bytes", all, 0, Ct);
        await PutAsync("/empty", "", 0);

        Assert.Equal(all, (await Store.FindAsync("/bytes", Ct))!.Value.ToArray());
        Assert.Empty((await Store.FindAsync("/empty", Ct))!.Value.ToArray());
    }

    [Fact]
    public async Task The_caller_may_use_its_buffer_again()
    {
        var buffer = "x"u8.ToArray();
        await Store.TryPutAsync("/a", buffer, 0, Ct);
        buffer[0] = (byte)'!';

        Assert.Equal("x", Text((await Store.FindAsync("/a", Ct))!.Value));
        Assert.Equal("x", Text((await ChangesAsync("/", 0, 1))[0].Entry.Value));
    }

    [Fact]
    public async Task A_range_is_ordered_by_utf8_bytes_and_holds_the_prefix_only()
    {
        // In UTF-16 the emoji's surrogates stand before U+FF5E, in UTF-8 behind.
        string[] inOrder = ["/p/", "/p/A", "/p/a", "/p/a/b", "/p/a0", "/p/b", "/p/é", "/p/～", "/p/😀"];
        foreach (var key in inOrder.Reverse().Concat(["/o", "/p", "/p0", "/q/a"]))
            await PutAsync(key, key, 0);

        var range = await Store.RangeAsync(new("/p/"), Ct);

        Assert.Equal(inOrder, range.Entries.Select(e => e.Key));
        Assert.Equal(inOrder, range.Entries.Select(e => Text(e.Value)));
        Assert.Equal((Store.Revision, 0), (range.Revision, range.Remaining));
    }

    [Theory]
    [InlineData("", 2, "a b", 3)]
    [InlineData("/p/b", 2, "c d", 1)]
    [InlineData("/p/bb", 0, "c d e", 0)]
    [InlineData("/p/e", 2, "", 0)]
    [InlineData("/a", 1, "a", 4)]
    [InlineData("/z", 0, "", 0)]
    [InlineData("", 5, "a b c d e", 0)]
    public async Task A_range_pages_by_after_and_limit(string after, int limit, string keys, long remaining)
    {
        foreach (var key in "abcde")
            await PutAsync($"/p/{key}", "", 0);
        await PutAsync("/q", "", 0);

        var now = await Store.RangeAsync(new("/p/", after, limit), Ct);
        await Store.TryDeleteAsync("/p/d", now.Revision - 2, Ct);
        var then = await Store.RangeAsync(new("/p/", after, limit, now.Revision), Ct);

        Assert.Equal(keys, string.Join(' ', now.Entries.Select(e => e.Key[3..])));
        Assert.Equal(remaining, now.Remaining);
        Assert.Equal(now.Entries.Select(e => (e.Key, e.ModRevision)), then.Entries.Select(e => (e.Key, e.ModRevision)));
        Assert.Equal((now.Remaining, now.Revision), (then.Remaining, then.Revision));
    }

    [Fact]
    public async Task Every_revision_can_be_read_as_it_was()
    {
        var model = new SortedDictionary<string, (long Revision, string Value)>(StringComparer.Ordinal);
        var snapshots = new Dictionary<long, string> { [1] = "" };
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var key = $"/k/{random.Next(12)}";
            var last = model.GetValueOrDefault(key);
            if (last.Revision > 0 && random.Next(3) == 0)
            {
                await Store.TryDeleteAsync(key, last.Revision, Ct);
                model.Remove(key);
            }
            else
            {
                model[key] = ((await PutAsync(key, $"v{i}", last.Revision))!.Value, $"v{i}");
            }

            snapshots[Store.Revision] = string.Join(' ', model.Select(m => $"{m.Key}={m.Value.Value}@{m.Value.Revision}"));
        }

        var oldest = Store.Revision - 100;
        await Store.CompactAsync(oldest, Ct);

        foreach (var (revision, expected) in snapshots.Where(s => s.Key >= oldest))
        {
            var range = await Store.RangeAsync(new("/k/", Revision: revision), Ct);
            Assert.Equal(expected, string.Join(' ', range.Entries.Select(e => $"{e.Key}={Text(e.Value)}@{e.ModRevision}")));
        }
    }

    [Fact]
    public async Task A_revision_that_is_not_yet_there_cannot_be_read() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.RangeAsync(new("/", Revision: 2), Ct));

    [Fact]
    public async Task A_watch_replays_history_then_follows()
    {
        await PutAsync("/pods/a", "1", 0);
        await PutAsync("/pods/b", "1", 0);
        await PutAsync("/nodes/n", "1", 0);

        var seen = new List<long>();
        await foreach (var change in Store.WatchAsync("/pods/", after: 2, Ct))
        {
            seen.Add(change.Entry.ModRevision);
            if (seen.Count == 1)
                await PutAsync("/pods/c", "1", 0);
            else
                break;
        }

        Assert.Equal([3, 5], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changes_say_what_was_before(bool isLive)
    {
        var watch = isLive ? ChangesAsync("/a", 0, 4) : null;
        var created = (await PutAsync("/a", "x", 0))!.Value;
        var updated = (await PutAsync("/a", "y", created))!.Value;
        var deleted = (await Store.TryDeleteAsync("/a", updated, Ct))!.Value;
        var again = (await PutAsync("/a", "z", 0))!.Value;

        var changes = await (watch ?? ChangesAsync("/a", 0, 4));

        Assert.Equal(
            [
                (ChangeType.Put, "x", created, created, ""),
                (ChangeType.Put, "y", created, updated, "x"),
                (ChangeType.Delete, "y", created, deleted, "y"),
                (ChangeType.Put, "z", again, again, ""),
            ],
            changes.Select(c => (c.Type, Text(c.Entry.Value), c.Entry.CreateRevision, c.Entry.ModRevision, Text(c.Previous))));
    }

    [Fact]
    public async Task A_watch_from_the_future_begins_there()
    {
        var watch = ChangesAsync("/", after: 4, 1);
        for (var i = 0; i < 4; i++)
            await PutAsync($"/{i}", "", 0);

        Assert.Equal(5, (await watch)[0].Entry.ModRevision);
    }

    [Fact]
    public async Task Watches_miss_and_repeat_nothing_while_many_write_and_history_is_compacted()
    {
        const int Writers = 8, Writes = 150, Total = Writers * Writes;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            var last = 0L;
            for (var i = 0; i < Writes; i++)
            {
                last = i % 10 == 9
                    ? await Store.TryDeleteAsync($"/w/{w}", last, Ct) is > 0 ? 0 : throw new InvalidOperationException("lost")
                    : (await PutAsync($"/w/{w}", $"{i}", last))!.Value;
            }
        }, Ct)).ToList();
        var compactor = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await Store.CompactAsync(Store.Revision - 400, Ct);
                await Task.Yield();
            }
        }, Ct);

        // Each begins somewhere on the way, most with a replay that runs into what is live; one that compaction overtakes is told so.
        var watches = new List<(long After, Task<List<Change>> Changes)>();
        while (Store.Revision < Total)
        {
            var after = Math.Max(1, Store.Revision - 150);
            watches.Add((after, UntilCompactedAsync("/w/", after, (int)(Total + 1 - after))));
            var next = Math.Min(Total, Store.Revision + 100);
            while (Store.Revision < next && !writers.TrueForAll(w => w.IsCompleted))
                await Task.Yield();
        }

        await Task.WhenAll(writers);
        await done.CancelAsync();
        await compactor;

        // One more begins where nothing is compacted any more: it must get all that is left.
        watches.Add((Total - 150, UntilCompactedAsync("/w/", Total - 150, 151)));
        Assert.Equal(151, (await watches[^1].Changes).Count);
        foreach (var (after, changes) in watches)
        {
            var seen = await changes;
            Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => after + i), seen.Select(c => c.Entry.ModRevision));
            foreach (var key in seen.GroupBy(c => c.Entry.Key))
                Assert.All(key.Zip(key.Skip(1)), pair => Assert.Equal(pair.First.Type is ChangeType.Delete ? "" : Text(pair.First.Entry.Value), Text(pair.Second.Previous)));
        }
    }

    [Fact]
    public async Task What_is_compacted_is_refused_and_what_is_current_stays()
    {
        await PutAsync("/old", "still here", 0);
        var first = (await PutAsync("/a", "1", 0))!.Value;
        var second = (await PutAsync("/a", "2", first))!.Value;
        var third = (await PutAsync("/a", "3", second))!.Value;

        await Store.CompactAsync(second, Ct);

        var range = await Assert.ThrowsAsync<CompactedException>(async () => await Store.RangeAsync(new("/", Revision: first), Ct));
        Assert.Equal(second, range.Oldest);
        await Assert.ThrowsAsync<CompactedException>(() => ChangesAsync("/", after: first - 1, 1));
        Assert.Equal(["still here", "2"], (await Store.RangeAsync(new("/", Revision: second), Ct)).Entries.Select(e => Text(e.Value)).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal([("2", "1"), ("3", "2")], (await ChangesAsync("/", after: first, 2)).Select(c => (Text(c.Entry.Value), Text(c.Previous))));
        Assert.Equal("still here", Text((await Store.FindAsync("/old", Ct))!.Value));
        Assert.Equal(third, Store.Revision);
    }

    [Fact]
    public async Task A_deletion_at_the_compacted_revision_is_still_seen_with_its_last_value()
    {
        var created = (await PutAsync("/a", "last", 0))!.Value;
        var deleted = (await Store.TryDeleteAsync("/a", created, Ct))!.Value;
        await PutAsync("/b", "", 0);

        await Store.CompactAsync(deleted, Ct);

        var change = (await ChangesAsync("/", after: deleted - 1, 1))[0];
        Assert.Equal((ChangeType.Delete, "last", created), (change.Type, Text(change.Entry.Value), change.Entry.CreateRevision));
    }

    [Fact]
    public async Task Compaction_does_not_go_back_nor_beyond_the_present()
    {
        for (var i = 0; i < 5; i++)
            await PutAsync($"/{i}", "", 0);

        await Store.CompactAsync(4, Ct);
        await Store.CompactAsync(2, Ct);
        Assert.Equal(4, (await Assert.ThrowsAsync<CompactedException>(() => ChangesAsync("/", 0, 1))).Oldest);

        await Store.CompactAsync(1_000, Ct);
        Assert.Equal(5, (await Store.RangeAsync(new("/", Revision: Store.Revision), Ct)).Entries.Count);
        Assert.Equal(7, await PutAsync("/new", "", 0));
    }

    [Fact]
    public async Task A_watch_that_falls_too_far_behind_ends_and_the_others_go_on()
    {
        await using var slow = Store.WatchAsync("/", 0, Ct).GetAsyncEnumerator(Ct);
        var first = slow.MoveNextAsync();
        var revision = (await PutAsync("/a", "", 0))!.Value;
        Assert.True(await first);

        var quick = ChangesAsync("/a", revision, 10_000);
        for (var i = 0; i < 100; i++)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(n => PutAsync($"/a/{i}/{n}", "", 0)));

        Assert.Equal(10_000, (await quick).Count);
        await Assert.ThrowsAsync<CompactedException>(async () =>
        {
            while (await slow.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var watch = Store.WatchAsync("/", 0, cancelled.Token).GetAsyncEnumerator(Ct);
        var next = watch.MoveNextAsync();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private protected async Task<long?> PutAsync(string key, string value, long expected) =>
        await Store.TryPutAsync(key, Encoding.UTF8.GetBytes(value), expected, Ct);

    private protected async Task<List<Change>> ChangesAsync(string prefix, long after, int count) =>
        await Store.WatchAsync(prefix, after, Ct).Take(count).ToListAsync(Ct);

    /// <summary>What a watch gave until it had given that much, or was told that its place in the history is gone.</summary>
    private async Task<List<Change>> UntilCompactedAsync(string prefix, long after, int count)
    {
        var seen = new List<Change>();
        try
        {
            await foreach (var change in Store.WatchAsync(prefix, after, Ct).Take(count))
                seen.Add(change);
        }
        catch (CompactedException)
        {
            // The client lists again; what it got before must be whole all the same.
        }

        return seen;
    }

    private protected static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);
}
