using KubeSharp.Kinds;
using KubeSharp.Kinds.Autoscaling;

namespace KubeSharp.ApiServer.Registry;

/// <summary>Everything the server serves by itself, built once from <c>api/kinds.tsv</c>. Immutable.</summary>
internal sealed class Resources
{
    private readonly Dictionary<(string Group, string Version, string Plural), ServedResource> _byPath;
    private readonly Dictionary<(string Group, string Version, string Kind), ServedResource> _byKind;

    public Resources()
    {
        All = [.. Build()];
        _byPath = All.ToDictionary(r => (r.Type.Group, r.Type.Version, r.Type.Plural));
        _byKind = All.Where(r => r.IsStored).ToDictionary(r => (r.Type.Group, r.Type.Version, r.Type.Kind));
    }

    /// <summary>In discovery's order, reviews included.</summary>
    public IReadOnlyList<ServedResource> All { get; }

    /// <summary>Those with a storage of their own: one watch cache each.</summary>
    public IEnumerable<ServedResource> Stored => All.Where(r => r is { IsStored: true, StoredForm: null });

    public ServedResource? Find(string group, string version, string plural) => _byPath.GetValueOrDefault((group, version, plural));

    public ServedResource? FindKind(string group, string version, string kind) => _byKind.GetValueOrDefault((group, version, kind));

    public ServedResource Of<T>()
        where T : class, IObject<T> =>
        FindKind(T.Type.Group, T.Type.Version, T.Type.Kind) ?? throw new InvalidOperationException($"{T.Type.Kind} is not a stored kind");

    private static IEnumerable<ServedResource> Build()
    {
        var subresources = ApiCatalog.All.Where(t => t.Subresource.Length > 0).ToLookup(t => (t.Group, t.Version, t.Plural));
        var own = (from type in ApiCatalog.All
                   where type.Subresource.Length == 0 && type.Group != "metrics.k8s.io"
                   let kind = BuiltIn.Find(type.Group, type.Version, type.Kind)
                   where kind is not null
                   select new ServedResource(type, kind, type.StorageVersionHash.Length > 0 ? StoragePrefixes.Of(type) : "")
                   {
                       Subresources = subresources[(type.Group, type.Version, type.Plural)].ToDictionary(s => s.Subresource),
                   }).ToList();
        return own.Select(r => (r.Type.Group, r.Type.Version, r.Type.Kind) switch
        {
            ("events.k8s.io", "v1", "Event") => r with { StoredForm = new(Named("", "v1", "events"), EventForms.ToCore, EventForms.FromCore) },
            ("autoscaling", "v1", "HorizontalPodAutoscaler") =>
                r with { StoredForm = new(Named("autoscaling", "v2", "horizontalpodautoscalers"), AutoscalerForms.ToV2, AutoscalerForms.FromV2) },
            _ => r,
        });

        ServedResource Named(string group, string version, string plural) =>
            own.First(r => r.Type.Group == group && r.Type.Version == version && r.Type.Plural == plural);
    }
}
