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

        var left = new List<Remainder>();
        foreach (var type in AnyObjects.Deletable.Concat(await _objects.CustomAsync(ct)).Where(t => t.Namespaced))
        {
            if (await EmptyAsync(type, key.Name, ct) is { Count: > 0 } remainder)
                left.Add(remainder);
        }

        await DeleteEventsAsync(key.Name, ct);
        if (left.Count > 0)
        {
            await NoteAsync(ns, left, ct);
            return Requeue.After(clock.GetUtcNow() - since < TimeSpan.FromMinutes(1) ? Patience : LongPatience);
        }

        await FinalizeAsync(ns, ct);
        return Requeue.Never;
    }

    private async Task<Remainder> EmptyAsync(ResourceType type, string ns, CancellationToken ct)
    {
        var before = await _objects.ListAsync(type, ns, ct);
        if (before.Items.Count == 0)
            return new(type, 0, 0);

        if (before.Items.Any(i => i.Metadata.DeletionTimestamp is null))
        {
            if (type.Verbs.Contains("deletecollection"))
            {
                await _objects.DeleteAllAsync(type, ns, ct);
            }
            else
            {
                foreach (var item in before.Items)
                    await _objects.DeleteAsync(type, new(ns, item.Metadata.Name), new() { PropagationPolicy = "Background" }, ct);
            }
        }

        var after = await _objects.ListAsync(type, ns, ct);
        return new(type, after.Items.Count, after.Items.Count(i => i.Metadata.Finalizers.Count > 0));
    }

    private async Task DeleteEventsAsync(string ns, CancellationToken ct) =>
        await client.DeleteCollectionAsync<Event>(new(ns), new(), ct);

    /// <summary>Says in the status what is still there and what it waits for: the one thing people ask of a namespace that does not go.</summary>
    private async Task NoteAsync(Namespace ns, List<Remainder> left, CancellationToken ct)
    {
        var content = Text("Some resources are remaining: ", left.Select(r => $"{r.Type.QualifiedPlural} has {r.Count} resource instances"));
        var finalizers = left.Where(r => r.WithFinalizers > 0).ToList();
        var conditions = ns.Status.Conditions.Where(c => c.Type is not ("NamespaceContentRemaining" or "NamespaceFinalizersRemaining")).ToList();
        conditions.Add(Condition(ns, "NamespaceContentRemaining", true, "SomeResourcesRemain", content));
        conditions.Add(finalizers.Count > 0
            ? Condition(ns, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", Text("Some content in the namespace has finalizers remaining: ", finalizers.Select(r => $"{r.WithFinalizers} of {r.Type.QualifiedPlural}")))
            : Condition(ns, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"));
        var status = ns.Status with { Phase = "Terminating", Conditions = conditions };
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

    private NamespaceCondition Condition(Namespace ns, string type, bool isTrue, string reason, string message)
    {
        var status = isTrue ? "True" : "False";
        var before = ns.Status.Conditions.FirstOrDefault(c => c.Type == type);
        return new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : clock.GetUtcNow(),
        };
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

    private static string Text(string start, IEnumerable<string> parts) => start + string.Join(", ", parts);

    private sealed record Remainder(ResourceType Type, int Count, int WithFinalizers);
}
