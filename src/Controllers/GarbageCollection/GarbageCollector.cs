using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.GarbageCollection;

/// <summary>
/// Deletes what lost its owners, and does the two slow ways of deleting: foreground (dependents first) and orphan (dependents are
/// set free). Keys are UIDs.
/// </summary>
internal sealed class GarbageCollector : IController, IReconciler
{
    private static readonly TimeSpan UntilSynced = TimeSpan.FromSeconds(1);

    private readonly AnyObjects _objects;
    private readonly IEventRecorder _events;
    private IWorkQueue? _queue; // set by Watch, before the loop runs

    public GarbageCollector(IClient client, IEventRecorder events, TimeProvider clock, Microsoft.Extensions.Logging.ILogger<GraphSource> log)
    {
        _objects = new(client);
        _events = events;
        Graph = new(uid => _queue?.Add(new("", uid)));
        Source = new(_objects, Graph, clock, log);
    }

    public string Name => "generic-garbage-collector";

    public IReconciler Reconciler => this;

    public int Workers => 10;

    /// <summary>The host runs it beside the loop.</summary>
    public GraphSource Source { get; }

    internal OwnerGraph Graph { get; }

    public void Watch(IInformers informers, IWorkQueue queue) => _queue = queue;

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!Source.HasSynced)
            return Requeue.After(UntilSynced);

        if (Graph.Find(key.Name) is not { } node)
            return Requeue.Never;

        if (node.IsOrphaning)
            await OrphanAsync(node, ct);
        else if (node.IsForeground)
            await ForegroundAsync(node, ct);
        else if (!node.IsDeleting && node.Metadata.OwnerReferences.Count > 0)
            await JudgeAsync(node, ct);
        return Requeue.Never;
    }

    private async Task OrphanAsync(GraphNode owner, CancellationToken ct)
    {
        foreach (var dependent in Graph.DependentsOf(owner.Uid))
            await DropOwnersAsync(dependent, dependent.Metadata.OwnerReferences.Where(o => o.Uid == owner.Uid), ct);
        await DropFinalizerAsync(owner, GraphNode.OrphanFinalizer, ct);
    }

    private async Task ForegroundAsync(GraphNode owner, CancellationToken ct)
    {
        var blocking = Graph.DependentsOf(owner.Uid)
            .Where(d => d.Metadata.OwnerReferences.Any(o => o.Uid == owner.Uid && o.BlockOwnerDeletion == true)).ToList();
        if (blocking.Count == 0)
        {
            await DropFinalizerAsync(owner, GraphNode.ForegroundFinalizer, ct);
            return;
        }

        foreach (var dependent in blocking.Where(d => !d.IsDeleting))
            await JudgeAsync(dependent, ct);
    }

    /// <summary>Looks for an owner that still holds the object; without one the object goes.</summary>
    private async Task JudgeAsync(GraphNode node, CancellationToken ct)
    {
        // The destructive step decides on what the server has, not on what a watch told.
        if (await _objects.FindAsync(node.Type, node.Key, ct) is not { } fresh || fresh.Metadata.Uid != node.Uid)
        {
            Graph.Remove(node.Uid, isDeleted: true);
            return;
        }

        if (fresh.Metadata.DeletionTimestamp is not null || fresh.Metadata.OwnerReferences.Count == 0)
            return;

        var (solid, waiting, dangling) = await ClassifyAsync(node with { Metadata = fresh.Metadata }, ct);
        if (solid > 0)
        {
            if (waiting.Count + dangling.Count > 0)
                await DropOwnersAsync(node with { Metadata = fresh.Metadata }, waiting.Concat(dangling), ct);
            return;
        }

        var dependents = Graph.DependentsOf(node.Uid);
        if (waiting.Count > 0 && dependents.Any(d => d.IsForeground) && fresh.Metadata.OwnerReferences.Any(o => o.BlockOwnerDeletion == true))
        {
            // Owners in a circle would wait for each other for ever: this one lets go. The change brings it back here.
            await UnblockAsync(node with { Metadata = fresh.Metadata }, ct);
            return;
        }

        await _objects.DeleteAsync(node.Type, node.Key, new()
        {
            PropagationPolicy = fresh.Metadata.Finalizers.Contains(GraphNode.OrphanFinalizer) ? "Orphan"
                : fresh.Metadata.Finalizers.Contains(GraphNode.ForegroundFinalizer) || (waiting.Count > 0 && dependents.Count > 0) ? "Foreground"
                : "Background",
            Preconditions = new() { Uid = node.Uid, ResourceVersion = fresh.Metadata.ResourceVersion },
        }, ct);
    }

    private async Task<(int Solid, List<OwnerReference> Waiting, List<OwnerReference> Dangling)> ClassifyAsync(GraphNode node, CancellationToken ct)
    {
        var (solid, waiting, dangling) = (0, new List<OwnerReference>(), new List<OwnerReference>());
        foreach (var owner in node.Metadata.OwnerReferences)
        {
            switch (await StateAsync(owner, node, ct))
            {
                case null:
                    dangling.Add(owner);
                    break;
                case { IsForeground: true }:
                    waiting.Add(owner);
                    break;
                default:
                    solid++;
                    break;
            }
        }

        return (solid, waiting, dangling);
    }

    /// <summary>
    /// The owner as the server has it; one of another UID is another object. What cannot be an owner by its kind or place counts as there:
    /// nothing is deleted by guess.
    /// </summary>
    private async Task<GraphNode?> StateAsync(OwnerReference owner, GraphNode dependent, CancellationToken ct)
    {
        if (Graph.IsGone(owner, dependent))
            return null;

        // A reference names no namespace: an object of the whole cluster cannot say where its owner is.
        if (await _objects.FindServedAsync(owner.ApiVersion, owner.Kind, ct) is not { } type || (type.Namespaced && !dependent.Type.Namespaced))
            return new(new("", "", owner.Kind, "", false), new("", owner.Name), ObjectMeta.Empty);

        var key = new ObjectKey(type.Namespaced ? dependent.Key.Namespace : "", owner.Name);
        var known = Graph.Find(owner.Uid);
        if (known is not null && known.Key == key && (known.Type.Group, known.Type.Kind) == (type.Group, type.Kind))
            return known;

        if (await _objects.FindAsync(type, key, ct) is { } there && there.Metadata.Uid == owner.Uid)
            return new(type, key, there.Metadata);

        if (known is not null)
            _events.Record(GraphSubject.Of(dependent), "Warning", "OwnerRefInvalidNamespace", $"ownerRef {Text(owner)} does not exist in namespace \"{dependent.Key.Namespace}\"");
        return null;
    }

    private static string Text(OwnerReference owner) => $"[{owner.ApiVersion}/{owner.Kind}, name: {owner.Name}, uid: {owner.Uid}]";

    private Task UnblockAsync(GraphNode node, CancellationToken ct) =>
        PatchAsync(node, "ownerReferences", new([.. node.Metadata.OwnerReferences.Select(o => JsonNode.Parse(Json.Encode(o with { BlockOwnerDeletion = false })))]), ct);

    private Task DropOwnersAsync(GraphNode node, IEnumerable<OwnerReference> owners, CancellationToken ct)
    {
        var gone = owners.Select(o => o.Uid).ToHashSet();
        var kept = node.Metadata.OwnerReferences.Where(o => !gone.Contains(o.Uid)).Select(o => JsonNode.Parse(Json.Encode(o)));
        return PatchAsync(node, "ownerReferences", new([.. kept]), ct);
    }

    private async Task DropFinalizerAsync(GraphNode node, string finalizer, CancellationToken ct)
    {
        if (await _objects.FindAsync(node.Type, node.Key, ct) is not { } fresh || fresh.Metadata.Uid != node.Uid)
            return;

        var kept = fresh.Metadata.Finalizers.Where(f => f != finalizer).Select(f => JsonValue.Create(f));
        await PatchAsync(node with { Metadata = fresh.Metadata }, "finalizers", new([.. kept]), ct);
    }

    /// <summary>With the version as precondition: a list is replaced as a whole.</summary>
    private Task PatchAsync(GraphNode node, string field, JsonArray value, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = node.Uid, ["resourceVersion"] = node.Metadata.ResourceVersion, [field] = value },
        };
        return _objects.PatchAsync(node.Type, node.Key, body.ToJsonString(), ct);
    }
}
