using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;

namespace KubeSharp.ApiServer;

/// <summary>What must be well for this server to be of use, under the names upstream's monitoring looks for.</summary>
internal static class ServerChecks
{
    /// <summary>Upstream's patience with its store (<c>--etcd-healthcheck-timeout</c>).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<HealthCheck> All(IStore store, StoreFeed feed, BootstrapObjects bootstrap, TimeProvider clock) =>
    [
        new("etcd", ct => StoreAsync(store, clock, ct)),
        new("informer-sync", _ => new(feed.Revision == 0 ? "the caches are not filled yet" : null), IsOfReadiness: true),
        new("poststarthook/rbac/bootstrap-roles", _ => new(bootstrap.IsDone ? null : "the objects every cluster begins with are not all there yet")),
    ];

    private static async ValueTask<string?> StoreAsync(IStore store, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await store.RangeAsync(new("/health/", Limit: 1), ct).AsTask().WaitAsync(Patience, clock, ct);
            return null;
        }
        catch (StoreException e)
        {
            return e.Message;
        }
        catch (TimeoutException)
        {
            return $"the store did not answer within {Patience.TotalSeconds} s";
        }
    }
}
