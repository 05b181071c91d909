
namespace KubeSharp.Controllers.Quotas;

/// <summary>
/// Counts what a namespace really uses and writes it into the quota's status. Admission charges what comes; here is found what went, and
/// what was charged for writes that then failed.
/// </summary>
/// <remarks>
/// The quota is read before the objects are counted: if admission charges it meanwhile, the write of the status conflicts and all is
/// counted anew. What was charged already and is not yet to be seen is counted too low: hence a second look soon after each change.
/// </remarks>
internal sealed class ResourceQuotaController(IClient client, TimeProvider clock) : IController, IReconciler
{
    /// <summary>kube-controller-manager's <c>--resource-quota-sync-period</c>.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(3);

    private readonly QuotaCounts _counts = new(client);
    private IInformer<ResourceQuota> _quotas = null!; // these three are set by Watch, before the loop runs
    private IInformer<Pod> _pods = null!;
    private IWorkQueue _queue = null!;

    public string Name => "resourcequota-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        (_quotas, _pods, _queue) = (informers.For<ResourceQuota>(), informers.For<Pod>(), queue);
        _quotas.Subscribe((old, now) =>
        {
            // Not what admission charges: to count then would be to count too early.
            if (now is not null && (old is null || now.Spec != old.Spec))
                queue.Add(ObjectKey.Of(now));
        });

        // A pod gives back what it used when it ends, which may be long before it is deleted.
        _pods.Subscribe((old, now) =>
        {
            if (old is not null && (now is null || (IsOver(now) && !IsOver(old))))
                WakeNamespace(old.Metadata.Namespace);
        });
    }

    /// <summary>Tells that an object is gone, whatever it was. May be called from any thread, also before <see cref="Watch"/>.</summary>
    public void Deleted(ResourceType type, ObjectKey key)
    {
        if (type is { Namespaced: true } and not { Group: "", Plural: "pods" })
            WakeNamespace(key.Namespace);
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_quotas.Find(key) is not { Metadata.DeletionTimestamp: null } quota)
            return Requeue.Never;

        var used = await _counts.CountAsync(quota, _pods, clock.GetUtcNow(), ct);
        var status = new ResourceQuotaStatus { Hard = quota.Spec.Hard, Used = used };
        if (status == quota.Status)
            return Requeue.After(Period);

        await client.UpdateStatusAsync(quota with { Status = status }, ct);
        return Requeue.After(SecondLook);
    }

    private void WakeNamespace(string ns)
    {
        foreach (var quota in _quotas?.List(ns) ?? [])
            _queue.Add(ObjectKey.Of(quota));
    }

    private static bool IsOver(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";
}
