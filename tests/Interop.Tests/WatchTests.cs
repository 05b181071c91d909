using k8s;

namespace KubeSharp.Interop.Tests;

public sealed class WatchTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static CancellationToken Ct => Cluster.Ct;

    private ICoreV1Operations Core => cluster.Client.CoreV1;

    [Fact]
    public async Task A_watch_from_a_version_tells_what_happened_since_in_order()
    {
        var begin = (await Core.ListNamespacedConfigMapAsync(cluster.Namespace, cancellationToken: Ct)).Metadata.ResourceVersion;
        var map = await Core.CreateNamespacedConfigMapAsync(cluster.ConfigMap("seen", ("k", "1")), cluster.Namespace, cancellationToken: Ct);
        map.Data["k"] = "2";
        await Core.ReplaceNamespacedConfigMapAsync(map, "seen", cluster.Namespace, cancellationToken: Ct);
        await Core.DeleteNamespacedConfigMapAsync("seen", cluster.Namespace, cancellationToken: Ct);

        var seen = new List<(WatchEventType, string)>();
        await foreach (var (type, item) in Core.WatchListNamespacedConfigMapAsync(cluster.Namespace, fieldSelector: "metadata.name=seen", resourceVersion: begin, timeoutSeconds: 20, cancellationToken: Ct))
        {
            seen.Add((type, item.Data["k"]));
            if (type == WatchEventType.Deleted)
                break;
        }

        Assert.Equal([(WatchEventType.Added, "1"), (WatchEventType.Modified, "2"), (WatchEventType.Deleted, "2")], seen);
    }

    [Fact]
    public async Task A_watch_can_begin_with_all_there_is_and_says_where_that_ends()
    {
        await Core.CreateNamespacedConfigMapAsync(cluster.ConfigMap("here"), cluster.Namespace, cancellationToken: Ct);
        var types = new List<WatchEventType>();
        await foreach (var (type, item) in Core.WatchListNamespacedConfigMapAsync(
            cluster.Namespace, allowWatchBookmarks: true, sendInitialEvents: true, resourceVersionMatch: "NotOlderThan", timeoutSeconds: 20, cancellationToken: Ct))
        {
            types.Add(type);
            if (item.Metadata.Annotations?.ContainsKey("k8s.io/initial-events-end") == true)
                break;
        }

        Assert.Contains(WatchEventType.Added, types);
        Assert.Equal(WatchEventType.Bookmark, types[^1]);
    }

    [Fact]
    public async Task A_version_of_no_form_is_refused()
    {
        var refused = await Cluster.RefusedAsync(() => Core.ListNamespacedConfigMapAsync(cluster.Namespace, resourceVersion: "abc", cancellationToken: Ct));
        Assert.Contains("abc", refused.Message, StringComparison.Ordinal);
    }
}
