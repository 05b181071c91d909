using KubeSharp.ApiServer.Verbs;
using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;
using WatchEvent = KubeSharp.ApiServer.Verbs.WatchEvent;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_resumes_after_the_version_it_has_seen()
    {
        await using var server = await StartAsync();
        var first = await server.CreateAsync(ConfigMap("a"));
        await server.CreateAsync(ConfigMap("b"));
        await server.DeleteAsync<ConfigMap>("a");

        var events = await TakeAsync(server, new() { Namespace = "demo", ResourceVersion = first.Metadata.ResourceVersion }, 2);
        Assert.Equal([(WatchEventType.Added, "b"), (WatchEventType.Deleted, "a")], events.Select(e => (e.Type, e.Object!.Key.Name)));
        Assert.Equal(server.Store.Revision, events[1].Object!.Revision);
        Assert.Equal(events[1].Object!.Revision.ToString(), events[1].Object!.Object.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task What_enters_the_selection_is_added_and_what_leaves_it_is_deleted()
    {
        await using var server = await StartAsync();
        var start = server.Store.Revision.ToString();
        var made = await server.CreateAsync(Labelled("a", "blue"));
        var red = await server.UpdateAsync(Labelled("a", "red") with { Data = new Dictionary<string, string> { ["k"] = "1" } });
        await server.UpdateAsync(red with { Data = new Dictionary<string, string> { ["k"] = "2" } });
        var left = await server.UpdateAsync(Labelled("a", "blue"));

        var events = await TakeAsync(server, new() { Namespace = "demo", ResourceVersion = start, LabelSelector = "colour=red" }, 3);
        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted], events.Select(e => e.Type));
        // The client is shown the state that it selected, at the version of the change.
        Assert.Equal(("red", left.Metadata.ResourceVersion), (events[2].Object!.Object.Metadata.Labels["colour"], events[2].Object!.Object.Metadata.ResourceVersion));
        Assert.Equal(made.Metadata.Uid, events[2].Object!.Object.Metadata.Uid);
    }

    [Fact]
    public async Task A_version_before_the_history_is_gone()
    {
        var store = new KubeSharp.Store.MemoryStore();
        await using (var before = await StartAsync(store: store))
            await before.CreateAsync(ConfigMap("a"));
        await using var server = await StartAsync(store: store);

        var error = Assert.Single(await TakeAsync(server, new() { ResourceVersion = "1" }, 1));
        Assert.Equal((WatchEventType.Error, 410, "Expired"), (error.Type, error.Error!.Code, error.Error.Reason));
        Assert.Equal($"too old resource version: 1 ({store.Revision})", error.Error.Message);
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_and_go_on_live()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));
        await server.CreateAsync(ConfigMap("b"));
        var options = new ListOptions { Namespace = "demo", SendInitialEvents = true, ResourceVersionMatch = "NotOlderThan", AllowWatchBookmarks = true };
        var events = new List<WatchEvent>();
        await foreach (var e in server.Verbs.WatchAsync(server.ConfigMaps, options, Ct))
        {
            events.Add(e);
            if (e.EndsInitialEvents)
                await server.CreateAsync(ConfigMap("c"));
            if (events.Count == 4)
                break;
        }

        Assert.Equal(["a", "b", "-", "c"], events.Select(e => e.Object?.Key.Name ?? "-"));
        Assert.True(events[2].EndsInitialEvents);
        Assert.Equal(events[1].Object!.Revision, events[2].Revision);
    }

    [Fact]
    public async Task Bookmarks_say_how_far_a_quiet_watch_is()
    {
        await using var server = await StartAsync();
        var start = server.Store.Revision.ToString();
        var watch = server.Verbs.WatchAsync(server.ConfigMaps, new() { Namespace = "demo", ResourceVersion = start, AllowWatchBookmarks = true, TimeoutSeconds = 100 }, Ct).GetAsyncEnumerator(Ct);
        var next = watch.MoveNextAsync().AsTask();
        await server.CreateAsync(new Secret { Metadata = new() { Name = "other", Namespace = "demo" } });
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await next);
        Assert.Equal((WatchEventType.Bookmark, server.Store.Revision), (watch.Current.Type, watch.Current.Revision));

        next = watch.MoveNextAsync().AsTask();
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await next);
        Assert.Equal(WatchEventType.Bookmark, watch.Current.Type);
        Assert.False(await watch.MoveNextAsync());
        await watch.DisposeAsync();
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_cut_and_the_others_are_not()
    {
        await using var server = await StartAsync();
        var start = server.Store.Revision;
        var options = new ListOptions { Namespace = "demo", ResourceVersion = start.ToString() };
        var slow = server.Verbs.WatchAsync(server.ConfigMaps, options, Ct).GetAsyncEnumerator(Ct);
        var first = slow.MoveNextAsync().AsTask();
        await server.CreateAsync(ConfigMap("a"));
        Assert.True(await first);
        for (var i = 0; i < 8_300; i++)
            await server.UpdateAsync(ConfigMap("a", ("i", $"{i}")));

        var seen = new List<long>();
        while (await slow.MoveNextAsync())
            seen.Add(slow.Current.Object!.Revision);
        Assert.Equal(8_192, seen.Count);
        Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => start + 2 + i), seen);

        var resumed = await TakeAsync(server, options with { ResourceVersion = seen[^1].ToString() }, 8_300 - seen.Count);
        Assert.Equal(server.Store.Revision, resumed[^1].Object!.Revision);
        await slow.DisposeAsync();
    }

    [Theory]
    [InlineData("", "Exact", null, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]
    [InlineData("", "", true, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]
    public async Task Contradicting_parameters_are_refused_before_the_stream(string version, string match, bool? initial, string why)
    {
        await using var server = await StartAsync();
        var options = new ListOptions { ResourceVersion = version, ResourceVersionMatch = match, SendInitialEvents = initial };
        var e = Assert.Throws<ApiException>(() => server.Verbs.WatchAsync(server.ConfigMaps, options, Ct));
        Assert.Equal($"ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: {why}", e.Message);
    }

    [Fact]
    public async Task Eight_writers_and_every_watcher_sees_each_version_once_in_order()
    {
        await using var server = await StartAsync();
        var start = server.Store.Revision;
        const int PerWriter = 150;
        const int Total = 8 * PerWriter * 2;
        var watchers = Enumerable.Range(0, 4).Select(_ => TakeAsync(server, new() { Namespace = "demo", ResourceVersion = start.ToString() }, Total)).ToList();
        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < PerWriter; i++)
            {
                var made = await server.CreateAsync(ConfigMap($"w{w}-{i}"));
                // Read-your-writes, by get, by list and from the server's own rules.
                Assert.Equal(made.Metadata.ResourceVersion, (await server.GetAsync<ConfigMap>($"w{w}-{i}")).Metadata.ResourceVersion);
                if (i % 50 == 0)
                {
                    var list = await server.Verbs.ListAsync(server.ConfigMaps, new() { Namespace = "demo" }, Ct);
                    Assert.Contains(list.Items, o => o.Key.Name == made.Metadata.Name);
                    Assert.True(list.Items.All(o => o.Revision <= long.Parse(list.ResourceVersion)));
                    Assert.Contains(server.Core.Objects.List<ConfigMap>(), c => c.Metadata.Name == made.Metadata.Name);
                }

                await server.UpdateAsync(made with { Data = new Dictionary<string, string> { ["k"] = "v" } });
            }
        }, Ct));
        await Task.WhenAll(writers);

        var expected = Enumerable.Range(1, Total).Select(i => start + i).ToList();
        foreach (var watcher in watchers)
            Assert.Equal(expected, (await watcher).Select(e => e.Object!.Revision));
    }

    internal static async Task<List<WatchEvent>> TakeAsync(TestServer server, ListOptions options, int count)
    {
        var events = new List<WatchEvent>();
        await foreach (var e in server.Verbs.WatchAsync(server.ConfigMaps, options, Ct))
        {
            events.Add(e);
            if (events.Count == count)
                break;
        }

        return events;
    }

    private static ConfigMap Labelled(string name, string colour) =>
        new() { Metadata = new() { Name = name, Namespace = "demo", Labels = new Dictionary<string, string> { ["colour"] = colour } } };
}
