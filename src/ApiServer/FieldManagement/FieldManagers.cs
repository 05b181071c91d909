using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>The way into the management of fields: who records a plain write, and who works out an apply. Thread-safe.</summary>
/// <param name="find">A served resource by group, version and plural, or <see langword="null"/>.</param>
internal sealed class FieldManagers(Func<string, string, string, ServedResource?> find, TimeProvider clock)
{
    private readonly ConditionalWeakTable<ServedResource, ConcurrentDictionary<string, ResourceScope>> _scopes = [];
    private readonly FieldOwners _owners = new(new FieldSetCache());
    private readonly FieldOwnership _ownership = new(clock);

    public FieldRecorder Recorder(ServedResource view, string subresource, string manager) => new(_ownership, _owners, ScopeOf(view, subresource), manager);

    public FieldApplier Applier(ServedResource view, string subresource) => new(_ownership, _owners, ScopeOf(view, subresource));

    /// <param name="parent">The resource whose replicas are scaled, in the version of the request.</param>
    /// <param name="replicas">Where they stand in it: <c>spec.replicas</c>.</param>
    public ScaleFields Scale(ServedResource parent, string replicas) => new(_ownership, _owners, parent.Type.ApiVersion, FieldSet.Of(replicas));

    private ResourceScope ScopeOf(ServedResource view, string subresource) =>
        _scopes.GetOrCreateValue(view).GetOrAdd(subresource, static (name, state) => new(state.view, name, state.find), (view, find));
}
