using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.FieldManagement;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>The verbs put together: views are turned into the form in which they are stored, and a store that fails becomes an answer.</summary>
internal sealed class ResourceVerbs(
    Resources resources, GetVerb get, ListVerb list, WatchVerb watch, CreateVerb create, UpdateVerb update, PatchVerb patch, DeleteVerb delete, DeleteCollectionVerb deleteCollection,
    AdmissionChain admission, FieldManagers fields)
    : IResourceVerbs
{
    public IReadOnlyList<ServedResource> All => resources.All;

    public ServedResource? Find(string group, string version, string plural) => resources.Find(group, version, plural);

    public async ValueTask<CachedObject> GetAsync(ServedResource resource, ObjectKey key, string resourceVersion, CancellationToken ct) =>
        (await Guarded(() => get.RunAsync(resource, key, resourceVersion, ct).AsTask())).As(resource);

    public async ValueTask<ListAnswer> ListAsync(ServedResource resource, ListOptions options, CancellationToken ct) =>
        await Guarded(() => list.RunAsync(resource, options, ct).AsTask());

    public IAsyncEnumerable<WatchEvent> WatchAsync(ServedResource resource, ListOptions options, CancellationToken ct) => watch.Run(resource, options, ct);

    public async Task<CachedObject> CreateAsync(ServedResource resource, IObject posted, WriteOptions options, CancellationToken ct) =>
        (await Guarded(() => create.RunAsync(StoredAs(resource), InStoredForm(resource, posted), Recorded(resource, "", options), ct))).As(resource);

    public async Task<(CachedObject Object, bool IsNew)> UpdateAsync(
        ServedResource resource, ObjectKey key, string subresource, IObject posted, WriteOptions options, CancellationToken ct)
    {
        CheckSubresource(resource, subresource, "update");
        var stored = InStoredForm(resource, posted);
        var (obj, isNew) = await Guarded(() => update.RunAsync(StoredAs(resource), key, subresource, _ => stored, Recorded(resource, subresource, options), mayCreate: false, ct));
        return (obj.As(resource), isNew);
    }

    public async Task<(CachedObject Object, bool IsNew)> PatchAsync(
        ServedResource resource, ObjectKey key, string subresource, PatchBody body, WriteOptions options, CancellationToken ct)
    {
        CheckSubresource(resource, subresource, "patch");
        var (obj, isNew) = await Guarded(() => patch.RunAsync(resource, StoredAs(resource), key, subresource, body, Recorded(resource, subresource, options), ct));
        return (obj.As(resource), isNew);
    }

    public async Task<DeleteAnswer> DeleteAsync(ServedResource resource, ObjectKey key, DeleteOptions body, WriteOptions options, CancellationToken ct)
    {
        var (obj, isGone) = await Guarded(() => delete.RunAsync(StoredAs(resource), key, body, Named(options, resource), ct));
        return new(obj.As(resource), isGone);
    }

    public Task<ListAnswer> DeleteCollectionAsync(ServedResource resource, ListOptions which, DeleteOptions body, WriteOptions options, CancellationToken ct) =>
        Guarded(() => deleteCollection.RunAsync(resource, which, body, Named(options, resource), ct));

    public async Task ConnectAsync(ServedResource resource, ObjectKey key, string subresource, IObject asked, WriteOptions options, CancellationToken ct)
    {
        var request = new AdmissionRequest(AdmissionVerb.Connect, resource, subresource, key, options)
        {
            Object = asked,
            BodyType = new("", "v1", asked.Kind, resource.Type.Plural, resource.Type.Namespaced),
        };
        await admission.AdmitAsync(request, ct);
        await admission.ValidateAsync(request, ct);
    }

    /// <summary>Admission knows a view by the name the client used.</summary>
    private static WriteOptions Named(WriteOptions options, ServedResource resource) => resource.StoredForm is null ? options : options with { Requested = resource };

    private WriteOptions Recorded(ServedResource resource, string subresource, WriteOptions options) =>
        Named(options, resource) with { Fields = fields.Recorder(resource, subresource, options.FieldManager) };

    private static void CheckSubresource(ServedResource resource, string subresource, string verb)
    {
        if (subresource.Length > 0 && !(resource.Subresources.TryGetValue(subresource, out var type) && type.Verbs.Contains(verb)))
            throw ApiException.NoSuchPath();
    }

    private static ServedResource StoredAs(ServedResource resource) => resource.StoredForm?.Resource ?? resource;

    private static IObject InStoredForm(ServedResource resource, IObject obj) => resource.StoredForm is { } form ? form.ToStored(obj) : obj;

    private static async Task<T> Guarded<T>(Func<Task<T>> verb)
    {
        try
        {
            return await verb();
        }
        catch (StoreException e)
        {
            throw ApiException.Internal(e.Message, e);
        }
    }
}
