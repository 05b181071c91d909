namespace KubeSharp.Controllers.Storage;

/// <summary>Lets a deleted claim go once no pod that is on a node uses it.</summary>
internal sealed class ClaimProtectionController(IClient client) : IController, IReconciler
{
    private const string Finalizer = "kubernetes.io/pvc-protection";

    public string Name => "pvc-protection-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        informers.For<PersistentVolumeClaim>().Subscribe((_, now) =>
        {
            if (now is { Metadata.DeletionTimestamp: not null })
                queue.Add(ObjectKey.Of(now));
        });
        informers.For<Pod>().Subscribe((old, now) =>
        {
            if (now is not null)
                return;
            foreach (var claim in ClaimsOf(old!))
                queue.Add(new(old!.Metadata.Namespace, claim));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var claim = await client.FindAsync<PersistentVolumeClaim>(key, ct);
        if (claim is not { Metadata.DeletionTimestamp: not null } || !claim.Metadata.Finalizers.Contains(Finalizer))
            return Requeue.Never;

        // What is decided cannot be taken back, so the server is asked and not the cache.
        var pods = await client.ListAsync<Pod>(new(key.Namespace), ct);
        if (!pods.Items.Any(p => p.Spec.NodeName.Length > 0 && ClaimsOf(p).Contains(key.Name)))
            await client.UpdateAsync(claim with { Metadata = claim.Metadata with { Finalizers = [.. claim.Metadata.Finalizers.Where(f => f != Finalizer)] } }, ct);
        return Requeue.Never;
    }

    /// <summary>The claims a pod names, and those made for its ephemeral volumes.</summary>
    private static IEnumerable<string> ClaimsOf(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim)
                yield return claim.ClaimName;
            else if (volume.Ephemeral is not null)
                yield return $"{pod.Metadata.Name}-{volume.Name}";
        }
    }
}
