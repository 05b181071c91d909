using KubeSharp.Objects.NetworkingV1;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.Controllers.Services;

/// <summary>
/// Looks after the ranges of service addresses: each is held by a finalizer and says whether it is ready; a deleted one goes when no address of it would
/// be without a range.
/// </summary>
internal sealed class ServiceCidrController(IClient client, IEventRecorder events, TimeProvider clock) : IController, IReconciler
{
    private const string Finalizer = "networking.k8s.io/service-cidr-finalizer";
    private const string ManagerLabel = "ipaddress.kubernetes.io/managed-by";
    private const string Manager = "ipallocator.k8s.io";
    private const string Blocked = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR";

    /// <summary>How long the API servers may take to learn that nothing is to be given out of a range any more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private IInformers? _informers;
    private IInformer<ServiceCIDR>? _ranges;
    private IInformer<AddressObject>? _addresses;
    private IWorkQueue? _queue;

    public string Name => "service-cidr-controller";

    public IReconciler Reconciler => this;

    public int Workers => 1;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        (_informers, _queue) = (informers, queue);
        _ranges = informers.For<ServiceCIDR>();
        _ranges.Subscribe((old, now) =>
        {
            if ((now ?? old) is { } changed)
                queue.Add(ObjectKey.Of(changed));
            // A range that comes may take over the addresses of one that goes.
            foreach (var deleted in _ranges.List().Where(r => r.Metadata.DeletionTimestamp is not null))
                queue.Add(ObjectKey.Of(deleted));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (await client.FindAsync<ServiceCIDR>(key, ct) is not { } range)
            return Requeue.Never;
        if (range.Metadata.DeletionTimestamp is { } deleted)
            return await ReleaseAsync(range, deleted, ct);

        if (!range.Metadata.Finalizers.Contains(Finalizer))
            range = await client.UpdateAsync(range with { Metadata = range.Metadata with { Finalizers = [.. range.Metadata.Finalizers, Finalizer] } }, ct);
        try
        {
            await SayAsync(range, "True", "", "Kubernetes Service CIDR is ready", ct);
        }
        catch (ApiException e) when (e.Code != 409)
        {
            events.Record(range, "Warning", "KubernetesServiceCIDRError", "The ServiceCIDR Status can not be set to Ready=True");
            throw;
        }

        return Requeue.Never;
    }

    private async Task<Requeue> ReleaseAsync(ServiceCIDR range, DateTimeOffset deleted, CancellationToken ct)
    {
        if (!range.Metadata.Finalizers.Contains(Finalizer))
            return Requeue.Never;

        var addresses = await AddressesAsync(ct);
        if (IsNeeded(range, addresses))
        {
            await SayAsync(range, "False", "Terminating", Blocked, ct);
            return Requeue.Never; // woken by the address that goes, or by the range that comes
        }

        if (deleted + Grace - clock.GetUtcNow() is var left && left > TimeSpan.Zero)
            return Requeue.After(left);

        await client.UpdateAsync(range with { Metadata = range.Metadata with { Finalizers = [.. range.Metadata.Finalizers.Where(f => f != Finalizer)] } }, ct);
        return Requeue.Never;
    }

    /// <summary>Whether an address would be in no range without this one.</summary>
    private bool IsNeeded(ServiceCIDR range, IReadOnlyCollection<AddressObject> addresses)
    {
        // What is going as well is no home for anybody.
        var others = _ranges!.List().Where(r => r.Metadata.Name != range.Metadata.Name && r.Metadata.DeletionTimestamp is null).SelectMany(BlocksOf).ToList();
        var alone = BlocksOf(range).Where(b => !others.Any(o => o.Contains(b))).ToList();
        return alone.Count > 0 && addresses.Any(a =>
            IsOfServices(a) && IPAddress.TryParse(a.Metadata.Name, out var address) && alone.Any(b => b.Has(address)) && !others.Any(o => o.Has(address)));
    }

    /// <summary>The addresses are watched only once a range is deleted: there may be many, and most clusters never delete one.</summary>
    private async Task<IReadOnlyCollection<AddressObject>> AddressesAsync(CancellationToken ct)
    {
        if (_addresses is null)
        {
            _addresses = _informers!.For<AddressObject>();
            _addresses.Subscribe((old, now) =>
            {
                foreach (var deleted in _ranges!.List().Where(r => r.Metadata.DeletionTimestamp is not null && (old is null || now is null) && HasAddress(r, (now ?? old)!)))
                    _queue!.Add(ObjectKey.Of(deleted));
            });
        }

        await _addresses.WaitForSyncAsync(ct);
        return _addresses.List();
    }

    private static bool HasAddress(ServiceCIDR range, AddressObject obj) =>
        IsOfServices(obj) && IPAddress.TryParse(obj.Metadata.Name, out var address) && BlocksOf(range).Any(b => b.Has(address));

    private static bool IsOfServices(AddressObject obj) => obj.Metadata.Labels.GetValueOrDefault(ManagerLabel) == Manager;

    private static IEnumerable<AddressBlock> BlocksOf(ServiceCIDR range) => range.Spec.Cidrs.Select(AddressBlock.Find).OfType<AddressBlock>();

    private async Task SayAsync(ServiceCIDR range, string status, string reason, string message, CancellationToken ct)
    {
        var known = range.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
        if (known is not null && (known.Status, known.Reason, known.Message) == (status, reason, message))
            return;

        var condition = new Condition
        {
            Type = "Ready",
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = known?.Status == status ? known.LastTransitionTime : clock.GetUtcNow(),
        };
        await client.UpdateStatusAsync(range with { Status = range.Status with { Conditions = [.. range.Status.Conditions.Where(c => c.Type != "Ready"), condition] } }, ct);
    }
}
