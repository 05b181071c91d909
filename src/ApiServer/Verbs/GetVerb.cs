using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>GET of one object: the newest, or one not older than the asked version.</summary>
internal sealed class GetVerb(Caches caches)
{
    public async ValueTask<StoredObject> RunAsync(ServedResource resource, ObjectKey key, string resourceVersion, CancellationToken ct)
    {
        StoredObject? found;
        if (resourceVersion.Length == 0)
            found = await caches.FindAsync(resource, key, ct);
        else
        {
            if (ListRules.ParseVersion(resourceVersion) is var version && version > 0)
                await caches.ReachAsync(version, ct);
            found = caches.Of(resource).Find(key) is { } known ? await known.ShownAsync(resource, ct) : null;
        }

        return found ?? throw UpdateVerb.NotFound(resource, key);
    }
}
