using KubeSharp.Store;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>As <see cref="AddressRepair"/>, for node ports.</summary>
internal sealed class PortRepair(IObjects objects, PortClaims claims, RepairEvents events, TimeProvider clock)
{
    private const string Component = "portallocator-repair-controller";

    /// <returns>When something will have become old enough to be freed; null if nothing is waiting.</returns>
    /// <exception cref="StoreException">The rest is for another time.</exception>
    public async Task<TimeSpan?> RunOnceAsync(CancellationToken ct)
    {
        // Claims first: they are older than the Services read after them, so that a Service without a claim lacks it.
        var all = await claims.LoadAsync(ct);
        foreach (var service in objects.List<Service>())
        {
            foreach (var port in ServiceNeeds.PortsOf(service.Spec))
                await CheckAsync(service, port, all.GetValueOrDefault(port), ct);
        }

        TimeSpan? next = null;
        foreach (var (port, claim) in all)
        {
            var owner = PortOwner.Decode(claim.Value);
            if (await IsUsedAsync(owner, port, ct))
                continue;

            if (Left(owner) is var left && left >= TimeSpan.Zero)
                next = next < left ? next : left + TimeSpan.FromSeconds(1);
            else
                await claims.TryReleaseAsync(port, claim);
        }

        return next;
    }

    private async Task CheckAsync(Service service, int port, Entry? claim, CancellationToken ct)
    {
        var owner = claim is null ? null : PortOwner.Decode(claim.Value);
        if (!claims.IsInRange(port))
            await WarnAsync("PortOutOfRange", $"Port {port} is not within the port range {claims.Range}; please recreate service");
        else if (owner?.Uid == service.Metadata.Uid || !await HasAsync(service, port, ct))
            return;
        else if (owner is not null && await IsUsedAsync(owner, port, ct))
            await WarnAsync("PortAlreadyAllocated", $"Port {port} was assigned to multiple services; please recreate service");
        else if (await TryMendAsync())
            await WarnAsync("PortNotAllocated", $"Port {port} is not allocated; repairing");

        // What was claimed after the list was read is not claimed twice: the store knows better. A fresh claim may be of a write that is on the way.
        async ValueTask<bool> TryMendAsync() =>
            claim is null || owner is null ? await claims.TryClaimAsync(service, port) : Left(owner) < TimeSpan.Zero && await claims.TryMendAsync(claim, service);

        Task WarnAsync(string reason, string message) => events.WarnAsync(service.WithTypeMeta(), Component, reason, message, ct);
    }

    private async ValueTask<bool> HasAsync(Service service, int port, CancellationToken ct) =>
        await objects.FindAsync<Service>(ObjectKey.Of(service), ct) is { } now && now.Metadata.Uid == service.Metadata.Uid && ServiceNeeds.PortsOf(now.Spec).Contains(port);

    private async ValueTask<bool> IsUsedAsync(PortOwner owner, int port, CancellationToken ct) =>
        await objects.FindAsync<Service>(owner.Service, ct) is { } service && service.Metadata.Uid == owner.Uid && ServiceNeeds.PortsOf(service.Spec).Contains(port);

    private TimeSpan Left(PortOwner owner) => AddressRepair.Grace - (clock.GetUtcNow() - owner.Since);
}
