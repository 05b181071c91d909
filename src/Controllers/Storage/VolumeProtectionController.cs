namespace KubeSharp.Controllers.Storage;

/// <summary>Lets a deleted volume go once no claim is bound to it.</summary>
internal sealed class VolumeProtectionController(IClient client) : IController, IReconciler
{
    private const string Finalizer = "kubernetes.io/pv-protection";

    public string Name => "pv-protection-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue) =>
        informers.For<PersistentVolume>().Subscribe((_, now) =>
        {
            if (now is { Metadata.DeletionTimestamp: not null })
                queue.Add(ObjectKey.Of(now));
        });

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var volume = await client.FindAsync<PersistentVolume>(key, ct);
        if (volume is { Metadata.DeletionTimestamp: not null, Status.Phase: not "Bound" } && volume.Metadata.Finalizers.Contains(Finalizer))
            await client.UpdateAsync(volume with { Metadata = volume.Metadata with { Finalizers = [.. volume.Metadata.Finalizers.Where(f => f != Finalizer)] } }, ct);
        return Requeue.Never;
    }
}
