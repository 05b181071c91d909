using System.Text;

namespace KubeSharp.Controllers.Namespaces;

/// <summary>Empties a namespace that is being deleted, then lets it go.</summary>
internal sealed class NamespaceController(IClient client, TimeProvider clock) : IController, IReconciler
{
    /// <summary>Pods need their grace period: there is nothing to do but to look again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);

    private readonly AnyObjects _objects = new(client);
    private IInformer<Namespace> _namespaces = null!; // set by Watch, before the loop runs

    public string Name => "namespace-controller";

    public IReconciler Reconciler => this;

    public int Workers => 10;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _namespaces = informers.For<Namespace>();
        _namespaces.Subscribe((_, now) =>
        {
            if (now is { Metadata.DeletionTimestamp: not null })
                queue.Add(ObjectKey.Of(now));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        // Fresh, because emptying is destructive and a namespace of the same name may be another one by now.
        var ns = await client.FindAsync<Namespace>(key, ct);
        if (ns is not { Metadata.DeletionTimestamp: { } since } || ns.Spec.Finalizers.Count == 0)
            return Requeue.Never;

        // Pods go first, alone: what protects them or others from them (network policies, accounts) must not go while they still run.
        var beyond = await _objects.CustomAsync(ct);
        var types = AnyObjects.Deletable.Concat(beyond.Types).Where(t => t.Namespaced).ToList();
        var (left, failures) = await EmptyAsync(types.Where(IsPods), key.Name, ct);
        if (left.Count == 0 && failures.Count == 0)
        {
            (left, failures) = await EmptyAsync(types.Where(t => !IsPods(t)), key.Name, ct);
            await DeleteEventsAsync(key.Name, ct);
        }

        // A server that does not say what it serves may hold objects of this namespace: it stays until that is known.
        if (left.Count > 0 || failures.Count > 0 || beyond.Stale.Count > 0)
        {
            await NoteAsync(ns, left, beyond.Stale, failures, ct);
            if (failures.Count > 0)
                throw failures[0];
            if (left.Count == 0)
                return Requeue.After(LongPatience);
            return Requeue.After(clock.GetUtcNow() - since < TimeSpan.FromMinutes(1) ? Patience : LongPatience);
        }

        await FinalizeAsync(ns, ct);
        return Requeue.Never;
    }

    private static bool IsPods(ResourceType type) => type is { Group: "", Plural: "pods" };

    /// <summary>A resource that cannot be emptied does not keep the others.</summary>
    private async Task<(List<Remainder> Left, List<ApiException> Failures)> EmptyAsync(IEnumerable<ResourceType> types, string ns, CancellationToken ct)
    {
        var (left, failures) = (new List<Remainder>(), new List<ApiException>());
        foreach (var type in types)
        {
            try
            {
                if (await EmptyAsync(type, ns, ct) is { Count: > 0 } remainder)
                    left.Add(remainder);
            }
            catch (ApiException e)
            {
                failures.Add(e);
            }
        }

        return (left, failures);
    }

    private async Task<Remainder> EmptyAsync(ResourceType type, string ns, CancellationToken ct)
    {
        var first = await _objects.FirstAsync(type, ns, ct);
        if (first.Items.Count == 0)
            return Remainder.Of(type, []);

        if (!type.Verbs.Contains("deletecollection"))
        {
            foreach (var item in (await _objects.ListAsync(type, ns, ct)).Items.Where(i => i.Metadata.DeletionTimestamp is null))
                await _objects.DeleteAsync(type, new(ns, item.Metadata.Name), new() { PropagationPolicy = "Background" }, ct);
        }
        else if (first.Metadata.Continue.Length > 0 || first.Items.Any(i => i.Metadata.DeletionTimestamp is null))
        {
            await _objects.DeleteAllAsync(type, ns, ct);
        }

        var after = await _objects.ListAsync(type, ns, ct);
        return Remainder.Of(type, after.Items);
    }

    private async Task DeleteEventsAsync(string ns, CancellationToken ct) =>
        await client.DeleteCollectionAsync<Event>(new(ns), new(), ct);

    private async Task NoteAsync(Namespace ns, List<Remainder> left, IReadOnlyList<string> stale, List<ApiException> failures, CancellationToken ct)
    {
        var status = NamespaceNotes.Of(ns.Status, left, stale, [.. failures.Select(f => f.Message)], clock.GetUtcNow());
        if (status == ns.Status)
            return;

        try
        {
            await client.UpdateStatusAsync(ns with { Status = status }, ct);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // only a note; the next pass writes it
        }
    }

    private async Task FinalizeAsync(Namespace ns, CancellationToken ct)
    {
        var body = ns with { Spec = ns.Spec with { Finalizers = [.. ns.Spec.Finalizers.Where(f => f != "kubernetes")] } };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/namespaces/{ns.Metadata.Name}/finalize")
        {
            Content = new ByteArrayContent(Json.Encode(body.WithTypeMeta())) { Headers = { ContentType = new("application/json") } },
        };
        using var answer = await client.SendAsync(request, ct);
        if (!answer.IsSuccessStatusCode && (int)answer.StatusCode != 404)
            throw new ApiException(ApiException.Failure((int)answer.StatusCode, "Unknown", Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(ct))));
    }
}
