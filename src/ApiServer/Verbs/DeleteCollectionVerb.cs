using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>DELETE of a collection: each selected object by itself; what others delete meanwhile is no error.</summary>
internal sealed class DeleteCollectionVerb(ListVerb list, DeleteVerb delete)
{
    /// <summary>So many at a time: the store commits them as one group.</summary>
    private const int Workers = 16;

    public async Task<ListAnswer> RunAsync(ServedResource resource, ListOptions which, DeleteOptions body, WriteOptions options, CancellationToken ct)
    {
        DeleteRules.Validate(body);
        var found = await list.RunAsync(resource, which, ct);
        var stored = resource.StoredForm?.Resource ?? resource;
        await Parallel.ForEachAsync(found.Items, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct }, async (obj, token) =>
        {
            try
            {
                await delete.RunAsync(stored, obj.Key, body, options, token);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
            }
        });
        return found;
    }
}
