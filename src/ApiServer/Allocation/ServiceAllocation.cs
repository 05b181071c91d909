using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Gives Services their addresses and node ports. What is taken lies in the store (an IPAddress object an address, a key a node port), so that any
/// number of servers share it. Thread-safe.
/// </summary>
internal sealed partial class ServiceAllocation(
    AddressClaims addresses, PortClaims ports, Caches caches, ServedResource services, ApiServerOptions options, TimeProvider clock, ILogger<ServiceAllocation> log)
{
    /// <summary>So many at a time: a durable store commits them as one group.</summary>
    private const int Workers = 32;

    private readonly ServiceFamilies _families = new(options);
    private volatile bool _isAdopted;

    /// <summary>The address of the API server's own Service.</summary>
    public IPAddress First => addresses.First;

    /// <summary>
    /// Writes down what Services have that was not written down: those of a data directory older than IPAddress objects. The caches must be filled, and need
    /// not run. A store that cannot be written now is asked again before anything is given out.
    /// </summary>
    public async Task StartAsync(CancellationToken ct)
    {
        try
        {
            await AdoptAsync(ct);
        }
        catch (StoreException e)
        {
            NotAdopted(e);
        }
    }

    /// <summary>Chooses the address families; on a write of the whole Service, before it is validated.</summary>
    /// <exception cref="ApiException">422.</exception>
    public Service Prepare(Service? old, Service service) => _families.Fill(old, service);

    /// <summary>Takes what a write needs.</summary>
    /// <param name="old">Null on a create.</param>
    /// <returns>Null if the kind needs nothing.</returns>
    /// <exception cref="ApiException">422: what is asked for cannot be had. 500: nothing is left.</exception>
    /// <exception cref="StoreException">The store failed; what was taken is freed, now or by repair.</exception>
    public async ValueTask<ServiceClaims?> ClaimAsync(IObject? old, IObject obj, WriteOptions options, CancellationToken ct)
    {
        // A name that is taken is refused by the write itself.
        if (obj is not Service service || (old is null && caches.Of(services).Find(ObjectKey.Of(obj)) is not null))
            return null;

        if (!_isAdopted)
            await AdoptAsync(ct);
        ct.ThrowIfCancellationRequested();
        var claims = new ServiceClaims(addresses, ports, options.IsDryRun ? Effect.None : Effect.Lasting, clock, log) { Replaced = options.Restored is null ? null : options.Warn };
        var areTaken = false;
        try
        {
            await claims.TakeAsync((Service?)old, service);
            areTaken = true;
            return claims;
        }
        finally
        {
            if (!areTaken)
                await claims.DisposeAsync();
        }
    }

    /// <summary>What an object has that is about to be deleted; null if the kind has nothing.</summary>
    public ServiceClaims.Held? HeldBy(IObject obj) => obj is Service service ? ServiceClaims.Held.Of(addresses, service, except: null) : null;

    /// <summary>Frees what an object had that is gone. What cannot be freed now is left to repair.</summary>
    public async ValueTask ReleaseAsync(ServiceClaims.Held? held)
    {
        if (held is not null)
            await new ServiceClaims(addresses, ports, Effect.Lasting, clock, log).ReleaseAsync(held);
    }

    private async Task AdoptAsync(CancellationToken ct)
    {
        var claims = await ports.LoadAsync(ct);
        var all = caches.Of(services).Typed<Service>();
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = ct }, async (service, token) =>
        {
            foreach (var address in ServiceNeeds.AddressesOf(service.Spec))
                await addresses.AdoptAsync(service, address, token);
            foreach (var port in ServiceNeeds.PortsOf(service.Spec).Where(p => ports.IsInRange(p) && !claims.ContainsKey(p)))
                await ports.TryClaimAsync(service, port);
        });
        _isAdopted = true;
    }

    [LoggerMessage(1, LogLevel.Warning, "The addresses of Services cannot be written down yet; until then none is given out")]
    private partial void NotAdopted(Exception e);
}
