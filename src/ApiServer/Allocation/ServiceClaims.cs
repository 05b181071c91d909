using KubeSharp.ApiServer.Registry;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// What one write of a Service takes from the pools, and what it will free. Taken before the Service is written, freed after: who dies in between
/// leaves something taken that nobody has, which repair finds, and never one thing with two owners. Disposed without <see cref="KeepAsync"/>,
/// everything is as before. Not thread-safe.
/// </summary>
internal sealed partial class ServiceClaims(AddressClaims addresses, PortClaims ports, Effect effect, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    /// <summary>Repair frees what has had no Service for twice this time: a write that took longer to come so far may have lost it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly long _began = clock.GetTimestamp();
    private readonly List<IPAddress> _takenAddresses = [];
    private readonly List<int> _takenPorts = [];
    private Held _old = Held.Nothing;
    private bool _isDone;

    /// <summary>If set, what cannot be had is replaced by another of its sort, and told here.</summary>
    public Action<string>? Replaced { get; init; }

    /// <summary>The Service with what it got.</summary>
    public Service Service { get; private set; } = Service.Empty;

    /// <param name="old">Null on a create.</param>
    /// <exception cref="ApiException">422: what is asked for cannot be had. 500: nothing is left.</exception>
    public async Task TakeAsync(Service? old, Service service)
    {
        Service = service;
        var plan = PortPlan.Of(old?.Spec, service.Spec);
        var takingAddresses = TakeAddressesAsync(old?.Spec);
        var takingPorts = TakePortsAsync(plan);
        var takingHealth = TakeHealthPortAsync(old?.Spec);
        await Task.WhenAll(takingAddresses, takingPorts, takingHealth);
        var spec = plan.Fill(await takingAddresses);
        Service = service with { Spec = await takingHealth is var health and > 0 ? spec with { HealthCheckNodePort = health } : spec };
        if (old is not null)
            _old = Held.Of(addresses, old, except: Service);
    }

    /// <exception cref="ApiException">504: the request has taken so long that repair may have taken away again what it has.</exception>
    public void ThrowIfLate()
    {
        if (effect == Effect.Lasting && (_takenAddresses.Count > 0 || _takenPorts.Count > 0) && clock.GetElapsedTime(_began) > Patience)
            throw new ApiException(ApiException.Failure(504, "Timeout", "Timeout: the Service was not written in time to keep its addresses; try again", new() { RetryAfterSeconds = 1 }));
    }

    /// <summary>The write is in the store: what it took is taken, what it no longer has is freed.</summary>
    public async ValueTask KeepAsync()
    {
        if (effect == Effect.None)
            return; // nothing was written; disposing forgets what was looked at

        _isDone = true;
        await ReleaseAsync(_old);
    }

    /// <summary>Whether the write is in the store is not known: what it took stays taken, for two Services with one address are worse than none with it.</summary>
    public void Abandon() => _isDone = true;

    /// <summary>Frees what a Service had that is gone. What cannot be freed now is left to repair.</summary>
    public async ValueTask ReleaseAsync(Held held)
    {
        foreach (var address in held.Addresses)
            await TriedAsync(() => addresses.ReleaseAsync(address), held.Service);
        foreach (var port in held.Ports)
            await TriedAsync(() => ports.ReleaseAsync(held.Uid, port), held.Service);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDone)
            return;

        _isDone = true;
        if (effect == Effect.None)
        {
            _takenPorts.ForEach(ports.Forget);
            return;
        }

        await ReleaseAsync(new(
            ObjectKey.Of(Service), Service.Metadata.Uid, [.. _takenAddresses.Select(a => addresses.HoldOf(Service, a)).OfType<StoredObject>()], _takenPorts));
    }

    private async Task<ServiceSpec> TakeAddressesAsync(ServiceSpec? old)
    {
        var spec = Service.Spec;
        if (!ServiceNeeds.Address(spec) || (old is not null && (ServiceFamilies.IsSettled(old, spec) || (old.Type != "ExternalName" && !ServiceNeeds.Address(old)))))
            return spec;

        var had = old is null ? [] : ServiceNeeds.AddressesOf(old).ToHashSet();
        var wanted = spec.ClusterIPs;
        if (spec.IpFamilies.Count <= wanted.Count && wanted.All(w => IPAddress.TryParse(w, out var ip) && had.Contains(ip)))
            return spec;

        var given = await Task.WhenAll(spec.IpFamilies.Select((family, i) => i < wanted.Count ? WantedAsync(wanted[i], family, had) : AnyAsync(family)));
        return spec with { ClusterIP = given[0], ClusterIPs = given };
    }

    private async Task<string> WantedAsync(string wanted, string family, HashSet<IPAddress> had)
    {
        if (!IPAddress.TryParse(wanted, out var address) || had.Contains(address))
            return wanted;

        if (await addresses.ClaimAsync(Service, address, effect) is { } why)
        {
            if (Replace("spec.clusterIP", wanted, why))
                return await AnyAsync(family);
            throw Invalid(f => f.Invalid("spec.clusterIPs", Service.Spec.ClusterIPs, $"failed to allocate IP {wanted}: {why}"));
        }

        Took(address);
        return wanted;
    }

    private async Task<string> AnyAsync(string family)
    {
        var address = await addresses.ClaimAnyAsync(Service, family, effect) ?? throw ApiException.Internal($"failed to allocate a serviceIP: {AddressClaims.Full}");
        Took(address);
        return AddressBlock.Text(address);
    }

    private async Task TakePortsAsync(PortPlan plan)
    {
        var problems = await Task.WhenAll(plan.Slots.Select(s => TakePortAsync(s)));
        for (var i = 0; i < problems.Length; i++)
        {
            var slot = plan.Slots[i];
            if (problems[i] is { } why && slot.Wanted == 0)
                throw ApiException.Internal($"failed to allocate a nodePort: {why}");
            if (problems[i] is { } reason)
                throw Invalid(f => f.Invalid($"spec.ports[{slot.Index}].nodePort", slot.Wanted, reason));
        }
    }

    private async Task<string?> TakePortAsync(PortPlan.Slot slot)
    {
        if (slot.IsRepeated)
            return PortClaims.Taken;
        var wanted = slot.Wanted;
        if (wanted != 0 && await ports.ClaimAsync(Service, wanted, effect) is { } why)
        {
            if (!Replace($"spec.ports[{slot.Index}].nodePort", wanted, why))
                return why;
            wanted = 0;
        }

        var port = wanted != 0 ? wanted : await ports.ClaimAnyAsync(Service, effect) ?? 0;
        if (port == 0)
            return PortClaims.Full;
        Took(port);
        slot.Port = port;
        return null;
    }

    /// <returns>The port it got; 0 if it needs none or has it.</returns>
    private async Task<int> TakeHealthPortAsync(ServiceSpec? old)
    {
        if (!ServiceNeeds.HealthPort(Service.Spec) || (old is not null && ServiceNeeds.HealthPort(old)))
            return 0;

        var wanted = Service.Spec.HealthCheckNodePort;
        if (wanted != 0 && await ports.ClaimAsync(Service, wanted, effect) is { } why)
        {
            if (!Replace("spec.healthCheckNodePort", wanted, why))
                throw ApiException.Internal($"failed to allocate requested HealthCheck NodePort {wanted}: {why}");
            wanted = 0;
        }

        var port = wanted != 0 ? wanted : await ports.ClaimAnyAsync(Service, effect) ?? throw ApiException.Internal($"failed to allocate a HealthCheck NodePort 0: {PortClaims.Full}");
        Took(port);
        return port;
    }

    private bool Replace(string field, object wanted, string why)
    {
        if (Replaced is null)
            return false;

        lock (_takenPorts)
            Replaced($"{field}: {wanted} cannot be had again ({why}); the service has another");
        return true;
    }

    // Several are taken at once, and end on whichever thread.
    private void Took(IPAddress address)
    {
        lock (_takenAddresses)
            _takenAddresses.Add(address);
    }

    private void Took(int port)
    {
        lock (_takenPorts)
            _takenPorts.Add(port);
    }

    private async ValueTask TriedAsync(Func<ValueTask> release, ObjectKey service)
    {
        try
        {
            await release();
        }
        catch (StoreException e)
        {
            NotFreed(service, e);
        }
    }

    private ApiException Invalid(Action<Findings> find)
    {
        var findings = new Findings();
        find(findings);
        return ApiException.Invalid("", "Service", Service.Metadata.Name, findings);
    }

    [LoggerMessage(1, LogLevel.Warning, "What Service {Key} no longer has cannot be freed now; repair will")]
    private partial void NotFreed(ObjectKey key, Exception e);

    /// <summary>What a Service has, as it was before the write that takes it away.</summary>
    internal sealed record Held(ObjectKey Service, string Uid, IReadOnlyList<StoredObject> Addresses, IReadOnlyList<int> Ports)
    {
        public static Held Nothing { get; } = new(new("", ""), "", [], []);

        /// <param name="except">What of it another state of the Service still has is not part of it.</param>
        public static Held Of(AddressClaims claims, Service service, Service? except) => new(
            ObjectKey.Of(service),
            service.Metadata.Uid,
            [.. ServiceNeeds.AddressesOf(service.Spec).Except(except is null ? [] : ServiceNeeds.AddressesOf(except.Spec)).Select(a => claims.HoldOf(service, a)).OfType<StoredObject>()],
            [.. ServiceNeeds.PortsOf(service.Spec).Except(except is null ? [] : ServiceNeeds.PortsOf(except.Spec))]);
    }
}
