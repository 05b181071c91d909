using System.Net;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>One write's claims on addresses and ports: taken first, given back if the write fails. Not thread-safe.</summary>
/// <param name="old">The Service before; null on a create.</param>
internal sealed class ServiceClaim(AddressPool addresses, PortPool ports, Service? old)
{
    private readonly List<IPAddress> _takenAddresses = [];
    private readonly List<int> _takenPorts = [];
    private Service? _new;

    /// <summary>If set, what cannot be had is replaced by another of its sort, and told here.</summary>
    public Action<string>? Replaced { get; init; }

    public static HashSet<int> PortsOf(Service service)
    {
        var ports = service.Spec.Ports.Select(p => p.NodePort).Where(p => p > 0).ToHashSet();
        if (service.Spec.HealthCheckNodePort > 0)
            ports.Add(service.Spec.HealthCheckNodePort);
        return ports;
    }

    /// <exception cref="ApiException">422: what is asked for cannot be had. 500: nothing is left.</exception>
    public Service Fill(Service service)
    {
        try
        {
            service = FillAddress(service);
            service = FillPorts(service);
            return _new = FillHealthPort(service);
        }
        catch
        {
            GiveBack();
            throw;
        }
    }

    public PendingAllocation Pending(bool isDryRun) => isDryRun ? new(GiveBack, GiveBack) : new(FreeOld, GiveBack);

    private Service FillAddress(Service service)
    {
        if (!ServiceShape.NeedsAddress(service))
            return service.Spec is { ClusterIP: ServiceShape.None, ClusterIPs.Count: 0 } ? service with { Spec = service.Spec with { ClusterIPs = [ServiceShape.None] } } : service;

        var wanted = service.Spec.ClusterIP;
        if (wanted.Length == 0)
        {
            var free = Internal("failed to allocate a serviceIP", addresses.TakeAny);
            _takenAddresses.Add(free);
            return service with { Spec = service.Spec with { ClusterIP = free.ToString(), ClusterIPs = [free.ToString()] } };
        }

        if (wanted == old?.Spec.ClusterIP || !IPAddress.TryParse(wanted, out var address))
            return service; // held already; or malformed, which validation tells

        try
        {
            addresses.Take(address);
        }
        catch (AllocationException e) when (Replaced is not null)
        {
            Replaced($"spec.clusterIP: {wanted} cannot be had again ({e.Message}); the service has another");
            return FillAddress(service with { Spec = service.Spec with { ClusterIP = "", ClusterIPs = [] } });
        }
        catch (AllocationException e)
        {
            throw Invalid(service, f => f.Invalid("spec.clusterIPs", service.Spec.ClusterIPs, $"failed to allocate IP {wanted}: {e.Message}"));
        }

        _takenAddresses.Add(address);
        return service;
    }

    private Service FillPorts(Service service)
    {
        var spec = service.Spec;
        if (spec.Type is not ("NodePort" or "LoadBalancer"))
            return service;

        var held = old is null ? [] : PortsOf(old);
        var filled = new List<ServicePort>(spec.Ports);
        for (var i = 0; i < filled.Count; i++)
        {
            var port = filled[i].NodePort;
            if (port == 0 || held.Contains(port))
                continue;

            if (TryTake(service, $"spec.ports[{i}].nodePort", port))
                held.Add(port);
            else
                filled[i] = filled[i] with { NodePort = 0 };
        }

        for (var i = 0; i < filled.Count && ServiceShape.NeedsNodePorts(service); i++)
        {
            if (filled[i].NodePort == 0)
                filled[i] = filled[i] with { NodePort = Shared(filled, filled[i]) ?? Any("failed to allocate a nodePort") };
        }

        return service with { Spec = spec with { Ports = filled } };
    }

    private Service FillHealthPort(Service service)
    {
        var port = service.Spec.HealthCheckNodePort;
        if (!ServiceShape.NeedsHealthPort(service) || (old is not null && port > 0 && port == old.Spec.HealthCheckNodePort))
            return service;
        if (port == 0)
            return service with { Spec = service.Spec with { HealthCheckNodePort = Any("failed to allocate a HealthCheck NodePort") } };

        return TryTake(service, "spec.healthCheckNodePort", port)
            ? service
            : service with { Spec = service.Spec with { HealthCheckNodePort = Any("failed to allocate a HealthCheck NodePort") } };
    }

    /// <summary>The same port in TCP and UDP has one node port for both, as DNS needs it.</summary>
    private static int? Shared(List<ServicePort> all, ServicePort port)
    {
        var other = all.FirstOrDefault(p => p.Port == port.Port && p.Protocol != port.Protocol && p.NodePort > 0);
        return other is null || all.Any(p => p.NodePort == other.NodePort && p.Protocol == port.Protocol) ? null : other.NodePort;
    }

    private int Any(string what)
    {
        var port = Internal(what, ports.TakeAny);
        _takenPorts.Add(port);
        return port;
    }

    /// <returns><see langword="false"/>: it cannot be had, and another will do.</returns>
    private bool TryTake(Service service, string field, int port)
    {
        try
        {
            ports.Take(port);
        }
        catch (AllocationException e) when (Replaced is not null)
        {
            Replaced($"{field}: {port} cannot be had again ({e.Message}); the service has another");
            return false;
        }
        catch (AllocationException e)
        {
            throw Invalid(service, f => f.Invalid(field, port, e.Message));
        }

        _takenPorts.Add(port);
        return true;
    }

    private static T Internal<T>(string what, Func<T> take)
    {
        try
        {
            return take();
        }
        catch (AllocationException e)
        {
            throw ApiException.Internal($"{what}: {e.Message}", e);
        }
    }

    private static ApiException Invalid(Service service, Action<Findings> find)
    {
        var findings = new Findings();
        find(findings);
        return ApiException.Invalid("", "Service", service.Metadata.Name, findings);
    }

    private void GiveBack()
    {
        _takenAddresses.ForEach(addresses.Release);
        _takenPorts.ForEach(ports.Release);
    }

    private void FreeOld()
    {
        if (old is null || _new is null)
            return;

        foreach (var text in old.Spec.ClusterIPs.Except(_new.Spec.ClusterIPs))
        {
            if (IPAddress.TryParse(text, out var address))
                addresses.Release(address);
        }

        foreach (var port in PortsOf(old).Except(PortsOf(_new)))
            ports.Release(port);
    }
}
