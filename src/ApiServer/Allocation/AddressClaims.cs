using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Takes and frees addresses. Who creates the IPAddress object of an address has it: the store creates a name once, whichever server asks. Thread-safe.
/// </summary>
internal sealed class AddressClaims(
    IStore store, ObjectWriter writer, Caches caches, ServedResource resource, AddressRanges ranges, ApiServerOptions options, Chance chance, TimeProvider clock)
{
    public const string Taken = "provided IP is already allocated";
    public const string Foreign = "the provided network does not match the current range";
    public const string Full = "range is full";

    private static readonly ObjectKey OwnService = new("default", AddressRanges.Own);
    private static readonly WriteOptions AsServer = new(Identities.Server);

    private readonly IPAddress _first = AddressBlock.Of(options.ServiceCidr).First;

    /// <summary>The address of the API server's own Service.</summary>
    public IPAddress First => _first;

    /// <returns>What speaks against it; <see langword="null"/> if the Service has it now.</returns>
    public async ValueTask<string?> ClaimAsync(Service service, IPAddress address, Effect effect)
    {
        if (!ranges.IsReady(address))
            return Foreign;
        return await TryClaimAsync(service, address, effect) ? null : Taken;
    }

    /// <summary>Takes an address that nobody has.</summary>
    /// <param name="family"><c>IPv4</c> or <c>IPv6</c>.</param>
    /// <returns><see langword="null"/> if all are taken.</returns>
    public async ValueTask<IPAddress?> ClaimAnyAsync(Service service, string family, Effect effect)
    {
        foreach (var address in ranges.Ready(family).SelectMany(Candidates))
        {
            if (!IsTaken(address) && !(address.Equals(_first) && ObjectKey.Of(service) != OwnService) && await TryClaimAsync(service, address, effect))
                return address;
        }

        return null;
    }

    /// <summary>The object of an address, if it is of this Service: by it the address can be freed later, and not what another has made of it meanwhile.</summary>
    public StoredObject? HoldOf(Service service, IPAddress address) =>
        caches.Of(resource).Find(KeyOf(address)) is { } held && AddressObjects.OwnerOf((AddressObject)held.Object) == ObjectKey.Of(service) ? held : null;

    /// <summary>Frees an address, unless it has become another's.</summary>
    /// <exception cref="StoreException">It may still be taken.</exception>
    public async ValueTask ReleaseAsync(StoredObject held)
    {
        while (await caches.FindAsync(resource, held.Key, CancellationToken.None) is { } current
            && current.Object.Metadata.Uid == held.Object.Metadata.Uid && !await TryReleaseAsync(current))
        {
            // Somebody has changed a label of it; it is still the same.
        }
    }

    /// <summary>Frees the address if its object is still this version.</summary>
    public async ValueTask<bool> TryReleaseAsync(StoredObject current)
    {
        var metadata = current.Object.Metadata;
        if (metadata.Finalizers.Count == 0)
            return await writer.TryDeleteAsync(current, current.Object, AsServer, CancellationToken.None) is not null;

        // Whoever holds on to it is waited for, as with every object.
        var marked = current.Object.CopyWith(metadata with { DeletionTimestamp = metadata.DeletionTimestamp ?? clock.GetUtcNow().TruncatedToSeconds(), DeletionGracePeriodSeconds = 0 });
        return await writer.TryUpdateAsync(current, marked, AsServer, CancellationToken.None) is not null;
    }

    /// <summary>Makes an object that is there say that the address is this Service's; in one step, so that the address is never free.</summary>
    public async ValueTask<bool> TryMendAsync(StoredObject current, Service service, IPAddress address)
    {
        var obj = (AddressObject)current.Object;
        var mended = obj with
        {
            Metadata = obj.Metadata with { Labels = AddressObjects.Labelled(obj.Metadata.Labels, address) },
            Spec = new() { ParentRef = AddressObjects.ParentOf(service) },
        };
        return await writer.TryUpdateAsync(current, mended, AsServer, CancellationToken.None) is not null;
    }

    public async ValueTask<bool> TryClaimAsync(Service service, IPAddress address, Effect effect)
    {
        if (IsTaken(address))
            return false;
        if (effect == Effect.None)
            return true;
        return await writer.TryCreateAsync(resource, NewObject(service, address), AsServer, CancellationToken.None) is not null;
    }

    /// <summary>Writes down an address that a Service has already, before anything else is served: nothing waits for the caches here.</summary>
    /// <exception cref="StoreException">It may or may not be written.</exception>
    public async ValueTask AdoptAsync(Service service, IPAddress address, CancellationToken ct)
    {
        if (ranges.Has(address) && !IsTaken(address))
            await store.TryPutAsync(resource.StorageKey(KeyOf(address)), StoredJson.Encode(resource, NewObject(service, address)), 0, ct);
    }

    private AddressObject NewObject(Service service, IPAddress address) => AddressObjects.Of(service, address, chance.Uid(), clock.GetUtcNow().TruncatedToSeconds());

    private bool IsTaken(IPAddress address) => caches.Of(resource).Find(KeyOf(address)) is not null;

    /// <summary>From a place drawn by lot: first those above the part that is left to wishes, then those in it.</summary>
    private IEnumerable<IPAddress> Candidates(AddressBlock range)
    {
        var band = Math.Min(range.StaticBand, range.Count);
        return From(band, range.Count).Concat(From(0, band));

        IEnumerable<IPAddress> From(long first, long end)
        {
            var count = end - first;
            if (count <= 0)
                yield break;

            var start = chance.Next(count);
            for (var i = 0L; i < count; i++)
                yield return range.At(first + (i < count - start ? start + i : start + i - count));
        }
    }

    private static ObjectKey KeyOf(IPAddress address) => new("", AddressBlock.Text(address));
}

/// <summary>Whether what is asked for shall happen or only be judged (dry run).</summary>
internal enum Effect
{
    Lasting,
    None,
}
