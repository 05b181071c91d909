using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Compares the addresses of all Services with the IPAddress objects, both ways, and mends: a Service without its object gets it, an object without a
/// Service goes once no write can be on the way to it. What only a person can mend is told by Events, in upstream's words.
/// </summary>
internal sealed class AddressRepair(IObjects objects, Caches caches, Resources resources, AddressClaims claims, AddressRanges ranges, RepairEvents events, TimeProvider clock)
{
    /// <summary>The longest that a request may take: after it nobody will write the Service of an address any more.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private const string Component = "ipallocator-repair-controller";

    private readonly ServedResource _addresses = resources.Of<AddressObject>();

    /// <returns>When something will have become old enough to be freed; null if nothing is waiting.</returns>
    public async Task<TimeSpan?> RunOnceAsync(CancellationToken ct)
    {
        // Services first: an address is written before its Service, so what a Service of this list has is in the other list too.
        foreach (var service in objects.List<Service>())
        {
            foreach (var text in Texts(service.Spec))
                await CheckAsync(service, text, ct);
        }

        TimeSpan? next = null;
        foreach (var address in objects.List<AddressObject>().Where(AddressObjects.IsManaged))
        {
            if (await CheckAsync(address, ct) is { } due && (next is null || due < next))
                next = due;
        }

        return next;
    }

    /// <summary>An object has been deleted: if its Service still has the address, it must not be free for long.</summary>
    public async Task DeletedAsync(AddressObject gone, CancellationToken ct)
    {
        if (AddressObjects.OwnerOf(gone) is { } owner && IPAddress.TryParse(gone.Metadata.Name, out var address)
            && await objects.FindAsync<Service>(owner, ct) is { Metadata.DeletionTimestamp: null } service && ServiceNeeds.AddressesOf(service.Spec).Contains(address))
            await CheckAsync(service, gone.Metadata.Name, ct);
    }

    private static IEnumerable<string> Texts(ServiceSpec spec) => !ServiceNeeds.Address(spec) ? [] : spec is { ClusterIPs.Count: 0, ClusterIP.Length: > 0 } ? [spec.ClusterIP] : spec.ClusterIPs;

    private async Task CheckAsync(Service service, string text, CancellationToken ct)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            await WarnAsync("ClusterIPNotValid", $"Cluster IP {text} is not a valid IP; please recreate Service");
            return;
        }

        var family = AddressObjects.FamilyOf(address);
        var name = AddressBlock.Text(address);
        if (!ranges.Has(address))
        {
            await WarnAsync("ClusterIPOutOfRange", $"Cluster IP [{family}]: {name} is not within any configured Service CIDR; please recreate service");
            return;
        }

        var wrongReference = $"the ClusterIP [{family}]: {name} for Service {ObjectKey.Of(service)} has a wrong reference; repairing";
        if (caches.Of(_addresses).Find(new("", name)) is not { } held)
        {
            // Of a Service deleted meanwhile the address is rightly free.
            if (await IsStillSoAsync(service, address, ct) && await claims.TryClaimAsync(service, address, Effect.Lasting))
                await WarnAsync("ClusterIPNotAllocated", $"Cluster IP [{family}]: {name} is not allocated; repairing");
            return;
        }

        var obj = (AddressObject)held.Object;
        if (AddressObjects.OwnerOf(obj) is not { } owner)
            await MendAsync(held, wrongReference);
        else if (owner != ObjectKey.Of(service))
            await JudgeAsync(held, owner);
        else if (!AddressObjects.IsLabelled(obj, address))
            await claims.TryMendAsync(held, service, address);

        async Task JudgeAsync(StoredObject held, ObjectKey owner)
        {
            if (await objects.FindAsync<Service>(owner, ct) is { } other && ServiceNeeds.AddressesOf(other.Spec).Contains(address))
                await WarnAsync("ClusterIPAlreadyAllocated", $"Cluster IP [{family}]:{name} was assigned to multiple services; please recreate service");
            else if (Age(held.Object) > Grace) // a write of the other may be on the way
                await MendAsync(held, wrongReference);
        }

        async Task MendAsync(StoredObject held, string message)
        {
            if (await IsStillSoAsync(service, address, ct) && await claims.TryMendAsync(held, service, address))
                await WarnAsync("ClusterIPNotAllocated", message);
        }

        Task WarnAsync(string reason, string message) => events.WarnAsync(service.WithTypeMeta(), Component, reason, message, ct);
    }

    private async ValueTask<bool> IsStillSoAsync(Service service, IPAddress address, CancellationToken ct) =>
        await objects.FindAsync<Service>(ObjectKey.Of(service), ct) is { } now && now.Metadata.Uid == service.Metadata.Uid && ServiceNeeds.AddressesOf(now.Spec).Contains(address);

    private async Task<TimeSpan?> CheckAsync(AddressObject address, CancellationToken ct)
    {
        if (!IPAddress.TryParse(address.Metadata.Name, out var ip) || caches.Of(_addresses).Find(new("", address.Metadata.Name)) is not { } held || held.Object.Metadata.DeletionTimestamp is not null)
            return null;

        var name = address.Metadata.Name;
        var owner = AddressObjects.OwnerOf(address);
        var service = owner is { } named ? await objects.FindAsync<Service>(named, ct) : null;
        if (service is not null && ServiceNeeds.AddressesOf(service.Spec).Contains(ip))
            return null;
        if (owner is not null && Grace - Age(address) is var left && left >= TimeSpan.Zero)
            return left + TimeSpan.FromSeconds(1);

        if (objects.List<Service>().FirstOrDefault(s => ServiceNeeds.AddressesOf(s.Spec).Contains(ip)) is { } holder)
            await CheckAsync(holder, name, ct); // changed since its Service was looked at: to be mended, not freed
        else if (owner is null && address.Spec.ParentRef is var parent)
            await FreeAsync("IPAddressNotAllocated", $"IPAddress {name} appears to have been modified, not referencing a Service {parent?.Resource}/{parent?.Namespace}/{parent?.Name}: cleaning up");
        else if (service is null)
            await FreeAsync("IPAddressNotAllocated", $"IPAddress: {name} for Service {owner} appears to have leaked: cleaning up");
        else
            await FreeAsync("IPAddressWrongReference", $"IPAddress: {name} for Service {owner} has a wrong reference; cleaning up");
        return null;

        async Task FreeAsync(string reason, string message)
        {
            if (await claims.TryReleaseAsync(held))
                await events.WarnAsync(address.WithTypeMeta(), Component, reason, message, ct);
        }
    }

    private TimeSpan Age(IObject obj) => clock.GetUtcNow() - (obj.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue);
}
