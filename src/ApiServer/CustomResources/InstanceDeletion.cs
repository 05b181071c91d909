using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Deletes all objects of a custom resource whose definition goes.</summary>
internal sealed class InstanceDeletion(Caches caches, DeleteVerb delete)
{
    private const int Workers = 16;

    /// <returns>Whether all are gone; else some wait for their finalizers.</returns>
    public async Task<bool> DeleteAsync(CustomResource custom, CancellationToken ct)
    {
        var all = (await caches.ListAsync(custom.Storage, "", ct)).Objects;
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct }, async (obj, token) =>
        {
            try
            {
                if (obj.Object.Metadata.DeletionTimestamp is null)
                    await delete.RunAsync(obj.Resource, obj.Key, new() { PropagationPolicy = "Background" }, LoopWrites.Options, token);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
            }
        });
        return (await caches.ListAsync(custom.Storage, "", ct)).Objects.Count == 0;
    }
}
