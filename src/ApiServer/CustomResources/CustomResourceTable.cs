using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>The custom resources that are served. Changed by <see cref="CustomResourceLoop"/> alone.</summary>
/// <param name="wake">Called when the last object of a resource is gone.</param>
internal sealed class CustomResourceTable(Resources resources, CacheTable caches, StoreFeed feed, Func<CustomResourceDefinition, IConverter> converters, TimeProvider clock, Action wake)
{
    private readonly Dictionary<string, Entry> _served = [];

    /// <param name="Names">The names of discovery, which can change without the objects' form.</param>
    private sealed record Entry(string Uid, string Spec, string Names, CustomResource Resource);

    /// <summary>Serves a definition as it is now; changes nothing if it is served so already.</summary>
    /// <exception cref="Store.StoreException">The store cannot be read; what was served is served on.</exception>
    public async Task<CustomResource> ServeAsync(CustomResourceDefinition definition, CancellationToken ct)
    {
        var name = definition.Metadata.Name;
        var (uid, spec, names) = (definition.Metadata.Uid, Json.TextOf(definition.Spec), Json.TextOf(definition.Status.AcceptedNames));
        var known = _served.GetValueOrDefault(name);
        if (known is not null && known.Uid != uid)
        {
            Remove(name);
            known = null;
        }

        if (known is not null && known.Spec == spec && known.Names == names)
            return known.Resource;

        // What is replaced may still answer requests: its webhook's idle connections close by themselves.
        var made = new CustomResource(definition, converters(definition), known?.Resource.Creations ?? new());
        // Other names need no other objects: watches go on.
        if (known?.Spec != spec)
            await feed.JoinAsync(made.Storage, () => new(made.Storage, clock, WakeIfEmpty), ct);
        _served[name] = new(uid, spec, names, made);
        resources.Put(name, made.Served);
        return made;
    }

    /// <summary>Serves no longer what has no definition any more.</summary>
    public void Keep(IReadOnlySet<string> names)
    {
        foreach (var gone in _served.Keys.Where(n => !names.Contains(n)).ToList())
            Remove(gone);
    }

    public void Remove(string name)
    {
        if (!_served.Remove(name, out var gone))
            return;

        resources.Put(name, []);
        caches.Remove(gone.Resource.Prefix);
    }

    private void WakeIfEmpty(int count)
    {
        if (count == 0)
            wake();
    }
}
