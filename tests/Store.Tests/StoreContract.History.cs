namespace KubeSharp.Store.Tests;

/// <summary>The reads of the past.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_key_can_be_read_as_it_was_at_every_revision()
    {
        var a1 = await PutAsync("/a", "1", 0);
        var b = await PutAsync("/b", "b", 0);
        var a2 = await PutAsync("/a", "2", a1!.Value);
        var gone = await Store.TryDeleteAsync("/a", a2!.Value, Ct);
        var again = await PutAsync("/a", "3", 0);

        string?[] states = [null, "1", "1", "2", null, "3"];
        for (var revision = 1L; revision <= again; revision++)
            Assert.Equal(states[revision - 1], await ValueAtAsync("/a", revision));
        Assert.Equal((a1, a2), ((await Store.FindAtAsync("/a", b!.Value, Ct))!.ModRevision, (await Store.FindAtAsync("/a", gone!.Value - 1, Ct))!.ModRevision));
        Assert.Equal((again, again), ((await Store.FindAtAsync("/a", again!.Value, Ct)) is { } e ? (e.CreateRevision, e.ModRevision) : default));
        Assert.Null(await Store.FindAtAsync("/absent", b.Value, Ct));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.FindAtAsync("/a", again.Value + 1, Ct));
    }

    [Fact]
    public async Task What_was_still_there_when_the_history_began_can_be_read_and_nothing_before_it()
    {
        var first = (await PutAsync("/a", "1", 0))!.Value;
        var second = (await PutAsync("/a", "2", first))!.Value;
        var other = (await PutAsync("/b", "b", 0))!.Value;
        var dead = (await PutAsync("/dead", "d", 0))!.Value;
        var deleted = (await Store.TryDeleteAsync("/dead", dead, Ct))!.Value;
        var oldest = (await PutAsync("/c", "", 0))!.Value;
        var third = (await PutAsync("/a", "3", second))!.Value;
        await Store.CompactAsync(oldest, Ct);

        Assert.Equal(["3", "2", "2", "2"], [await ValueAtAsync("/a", third), await ValueAtAsync("/a", oldest), await ValueAtAsync("/a", other), await ValueAtAsync("/a", second)]);
        Assert.Equal("b", await ValueAtAsync("/b", other));
        foreach (var (key, revision) in new[] { ("/a", first), ("/dead", dead), ("/dead", deleted), ("/b", second), ("/absent", first) })
            Assert.Equal(oldest, (await Assert.ThrowsAsync<CompactedException>(async () => await Store.FindAtAsync(key, revision, Ct))).Oldest);
        Assert.Null(await Store.FindAtAsync("/dead", oldest, Ct));
        Assert.Equal([(ChangeType.Put, "3", third, second), (ChangeType.Put, "2", second, first)], Shown(await VersionsAsync("/a")));
        Assert.Empty(await VersionsAsync("/dead"));
        Assert.Empty(await DeletedAsync("/"));
    }

    [Fact]
    public async Task The_versions_of_a_key_are_listed_newest_first_over_its_deaths_and_in_pages()
    {
        var model = new List<(ChangeType, string, long, long)>();
        for (var life = 0; life < 4; life++)
        {
            var created = (await PutAsync("/a", $"{life}-born", 0))!.Value;
            var changed = (await PutAsync("/a", $"{life}-changed", created))!.Value;
            await PutAsync($"/a/{life}", "another key", 0);
            var deleted = (await Store.TryDeleteAsync("/a", changed, Ct))!.Value;
            model.AddRange([(ChangeType.Put, $"{life}-born", created, 0), (ChangeType.Put, $"{life}-changed", changed, created), (ChangeType.Delete, $"{life}-changed", deleted, changed)]);
        }

        model.Reverse();
        Assert.Equal(model, Shown(await VersionsAsync("/a")));
        var pages = new List<KeyVersion>();
        VersionPage page;
        do
        {
            page = await Store.VersionsAsync(new("/a", 5, pages.Count == 0 ? 0 : pages[^1].Entry.ModRevision), Ct);
            Assert.InRange(page.Versions.Count, 1, 5);
            pages.AddRange(page.Versions);
        }
        while (!page.IsLast);
        Assert.Equal(model, Shown(pages));
        Assert.True((await Store.VersionsAsync(new("/a", model.Count), Ct)).IsLast);
        Assert.Empty(await VersionsAsync("/b"));
    }

    [Fact]
    public async Task Deleted_keys_are_those_that_are_absent_now_each_with_its_last_deletion()
    {
        var deaths = new Dictionary<string, (string Value, long Deleted, long Last)>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var key in new[] { "/p/a", "/p/b", "/p/c", "/p/é", "/q/a" })
            {
                var created = (await PutAsync(key, $"{key}{round}", 0))!.Value;
                deaths[key] = ($"{key}{round}", (await Store.TryDeleteAsync(key, created, Ct))!.Value, created);
            }
        }

        await PutAsync("/p/b", "alive again", 0);
        await PutAsync("/p/live", "", 0);

        var deleted = await DeletedAsync("/p/");
        Assert.Equal(["/p/a", "/p/c", "/p/é"], deleted.Select(d => d.Entry.Key));
        Assert.Equal(deleted.Select(d => deaths[d.Entry.Key]), deleted.Select(d => (Text(d.Entry.Value), d.Entry.ModRevision, d.Previous)));
        Assert.All(deleted, d => Assert.Equal((ChangeType.Delete, d.Previous), (d.Type, d.Entry.CreateRevision)));

        var first = await Store.DeletedAsync(new("/p/", 2), Ct);
        var rest = await Store.DeletedAsync(new("/p/", 2, first.Versions[^1].Entry.Key), Ct);
        Assert.Equal((2, false, 1, true), (first.Versions.Count, first.IsLast, rest.Versions.Count, rest.IsLast));
        Assert.Equal(["/p/a", "/p/c", "/p/é", "/q/a"], (await DeletedAsync("/")).Select(d => d.Entry.Key));

        // At the edge: a deletion at the oldest revision is still known, one before it is not.
        await Store.CompactAsync(deaths["/p/c"].Deleted, Ct);
        Assert.Equal(["/p/c", "/p/é", "/q/a"], (await DeletedAsync("/")).Select(d => d.Entry.Key));
        await Store.CompactAsync(deaths["/p/c"].Deleted + 1, Ct);
        Assert.Equal(["/p/é", "/q/a"], (await DeletedAsync("/")).Select(d => d.Entry.Key));
        Assert.Equal("alive again", Text((await Store.FindAsync("/p/b", Ct))!.Value));
    }

    [Fact]
    public async Task A_page_of_large_values_ends_sooner()
    {
        var last = 0L;
        for (var i = 0; i < 6; i++)
            last = (await Store.TryPutAsync("/a", new byte[1_500_000], last, Ct))!.Value;

        var page = await Store.VersionsAsync(new("/a", 100), Ct);
        Assert.Equal((2, false), (page.Versions.Count, page.IsLast));
        var next = await Store.VersionsAsync(new("/a", 100, page.Versions[^1].Entry.ModRevision), Ct);
        Assert.Equal([5L, 4L], next.Versions.Select(v => v.Entry.ModRevision));
    }

    [Fact]
    public async Task Versions_know_when_they_were_written()
    {
        var before = TimeProvider.System.GetUtcNow();
        var created = (await PutAsync("/a", "", 0))!.Value;
        await Store.TryDeleteAsync("/a", created, Ct);

        Assert.All(await VersionsAsync("/a"), v => Assert.InRange(v.Time!.Value, before.AddSeconds(-2), before.AddMinutes(5)));
    }

    /// <summary>Against a model: what is read of the past after each of many random writes and compactions.</summary>
    [Fact]
    public async Task The_past_is_what_was()
    {
        var random = new Random(11);
        var live = new Dictionary<string, long>();
        var log = new List<(string Key, ChangeType Type, string Value, long Revision, long Previous)>();
        var oldest = 1L;
        for (var i = 0; i < 400; i++)
        {
            var key = $"/k/{random.Next(8)}";
            var last = live.GetValueOrDefault(key);
            if (last > 0 && random.Next(3) == 0)
            {
                var value = log.FindLast(l => l.Key == key).Value;
                log.Add((key, ChangeType.Delete, value, (await Store.TryDeleteAsync(key, last, Ct))!.Value, last));
                live.Remove(key);
            }
            else
            {
                log.Add((key, ChangeType.Put, $"{i}", live[key] = (await PutAsync(key, $"{i}", last))!.Value, last));
            }

            if (i % 40 != 39)
                continue;

            oldest = Math.Max(oldest, Store.Revision - random.Next(80));
            await Store.CompactAsync(oldest, Ct);
            for (var k = 0; k < 8; k++)
                await CheckAsync($"/k/{k}");
        }

        async Task CheckAsync(string key)
        {
            var own = log.Where(l => l.Key == key).ToList();
            var edge = own.FindLastIndex(l => l.Revision < oldest);
            var kept = own.Skip(edge < 0 ? 0 : own[edge].Type is ChangeType.Put ? edge : edge + 1).Select(l => (l.Type, l.Value, l.Revision, l.Previous)).Reverse();
            Assert.Equal(kept, Shown(await VersionsAsync(key)));
            for (var revision = oldest; revision <= Store.Revision; revision += 3)
                Assert.Equal(own.FindLast(l => l.Revision <= revision) is { Type: ChangeType.Put, Value: var value } ? value : null, await ValueAtAsync(key, revision));
            var isBuried = own is [.., { Type: ChangeType.Delete } end] && end.Revision >= oldest;
            Assert.Equal(isBuried, (await DeletedAsync("/k/")).Exists(d => d.Entry.Key == key));
        }
    }

    private async Task<string?> ValueAtAsync(string key, long revision) => await Store.FindAtAsync(key, revision, Ct) is { } entry ? Text(entry.Value) : null;

    private async Task<List<KeyVersion>> VersionsAsync(string key) => [.. (await Store.VersionsAsync(new(key, 1_000), Ct)).Versions];

    private async Task<List<KeyVersion>> DeletedAsync(string prefix) => [.. (await Store.DeletedAsync(new(prefix, 1_000), Ct)).Versions];

    private static IEnumerable<(ChangeType Type, string Value, long Revision, long Previous)> Shown(IEnumerable<KeyVersion> versions) =>
        versions.Select(v => (v.Type, Text(v.Entry.Value), v.Entry.ModRevision, v.Previous));
}
