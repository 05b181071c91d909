using KubeSharp.Kinds;
using KubeSharp.Kinds.Autoscaling;

namespace KubeSharp.ApiServer.Registry;

/// <summary>
/// Everything that is served: what the server knows by itself, built once from <c>api/kinds.tsv</c>, and the custom resources there are now.
/// Each state of it is immutable; a change puts another in its place, so that a request sees one state.
/// </summary>
internal sealed class Resources
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<ServedResource> _builtIn;
    private readonly SortedDictionary<string, IReadOnlyList<ServedResource>> _custom = new(StringComparer.Ordinal);
    private State _state;

    public Resources(TimeProvider clock)
    {
        _builtIn = [.. Build(new(clock))];
        _state = new(_builtIn);
    }

    /// <summary>In discovery's order, reviews included; the same list until something changes.</summary>
    public IReadOnlyList<ServedResource> All => Volatile.Read(ref _state).All;

    /// <summary>Those of the server's own with a storage of their own: one watch cache each.</summary>
    public IEnumerable<ServedResource> Stored => _builtIn.Where(r => r is { IsStored: true, StoredForm: null });

    public ServedResource? Find(string group, string version, string plural) => Volatile.Read(ref _state).ByPath.GetValueOrDefault((group, version, plural));

    public ServedResource? FindKind(string group, string version, string kind) => Volatile.Read(ref _state).ByKind.GetValueOrDefault((group, version, kind));

    /// <summary>Serves the versions of a custom resource from now on, or serves it no longer (empty). What the server has itself is never replaced.</summary>
    /// <param name="definition">The name of the definition.</param>
    public void Put(string definition, IReadOnlyList<ServedResource> served)
    {
        lock (_gate)
        {
            if (served.Count > 0)
                _custom[definition] = served;
            else if (!_custom.Remove(definition))
                return;

            Volatile.Write(ref _state, new([.. _builtIn, .. _custom.Values.SelectMany(r => r)]));
        }
    }

    private sealed class State
    {
        public State(IReadOnlyList<ServedResource> all)
        {
            foreach (var resource in all)
            {
                ByPath.TryAdd((resource.Type.Group, resource.Type.Version, resource.Type.Plural), resource);
                if (resource.IsStored)
                    ByKind.TryAdd((resource.Type.Group, resource.Type.Version, resource.Type.Kind), resource);
            }

            All = [.. all.Where(r => ReferenceEquals(ByPath[(r.Type.Group, r.Type.Version, r.Type.Plural)], r))];
        }

        public IReadOnlyList<ServedResource> All { get; }

        public Dictionary<(string Group, string Version, string Plural), ServedResource> ByPath { get; } = [];

        public Dictionary<(string Group, string Version, string Kind), ServedResource> ByKind { get; } = [];
    }

    public ServedResource Of<T>()
        where T : class, IObject<T> =>
        FindKind(T.Type.Group, T.Type.Version, T.Type.Kind) ?? throw new InvalidOperationException($"{T.Type.Kind} is not a stored kind");

    private static IEnumerable<ServedResource> Build(BuiltIn kinds)
    {
        var subresources = ApiCatalog.All.Where(t => t.Subresource.Length > 0).ToLookup(t => (t.Group, t.Version, t.Plural));
        var own = (from type in ApiCatalog.All
                   where type.Subresource.Length == 0 && type.Group != "metrics.k8s.io"
                   let kind = kinds.Find(type.Group, type.Version, type.Kind)
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
