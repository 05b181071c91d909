
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

    /// <summary>How long after a charge it must have become an object; what has not is given back.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>The quotas that are charged and wait to be counted again.</summary>
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ObjectKey, bool> _charged = new();

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
            if (now is not null && (old is null || now.Spec != old.Spec))
                queue.Add(ObjectKey.Of(now));
            else if (now is not null && now.Status != old!.Status && _charged.TryAdd(ObjectKey.Of(now), true))
                queue.AddAfter(ObjectKey.Of(now), Settled); // at once would be too early
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
        _charged.TryRemove(key, out _);
        if (_quotas.Find(key) is not { Metadata.DeletionTimestamp: null } quota)
            return Requeue.Never;

        var (used, failure) = await _counts.CountAsync(quota, _pods, clock.GetUtcNow(), ct);
        var status = new ResourceQuotaStatus { Hard = quota.Spec.Hard, Used = used };
        var isSame = status == quota.Status;
        if (!isSame)
            await client.UpdateStatusAsync(quota with { Status = status }, ct);
        if (failure is not null)
            throw failure;
        return Requeue.After(isSame ? Period : SecondLook);
    }

    private void WakeNamespace(string ns)
    {
        foreach (var quota in _quotas?.List(ns) ?? [])
            _queue.Add(ObjectKey.Of(quota));
    }

    private static bool IsOver(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";
}
