using System.Net;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Gives Services their cluster addresses and node ports. The Services themselves are the record of what is taken: at start the pools are
/// built from them, so nothing can disagree with them.
/// </summary>
internal sealed class ServiceAllocation(ApiServerOptions options, Chance chance)
{
    private readonly AddressPool _addresses = new(options.ServiceCidr, chance);
    private readonly PortPool _ports = new(options.NodePortRange.First, options.NodePortRange.Last, chance);

    /// <summary>The address of the API server's own Service.</summary>
    public IPAddress First => _addresses.First;

    /// <summary>Takes what the existing Services hold. Of two that hold the same, the first keeps it; both go on to work as they did.</summary>
    public void Rebuild(IEnumerable<Service> services)
    {
        foreach (var service in services)
        {
            foreach (var take in Claims(service))
            {
                try
                {
                    take();
                }
                catch (AllocationException)
                {
                }
            }
        }
    }

    public PendingAllocation ForCreate(ref IObject obj, WriteOptions options)
    {
        if (obj is not Service service)
            return PendingAllocation.Nothing;

        var transaction = new ServiceClaim(_addresses, _ports, null) { Replaced = options.Restored is null ? null : options.Warn };
        obj = transaction.Fill(service);
        return transaction.Pending(options.IsDryRun);
    }

    public PendingAllocation ForUpdate(IObject old, ref IObject obj, bool isDryRun)
    {
        if (obj is not Service service || old is not Service was)
            return PendingAllocation.Nothing;

        var transaction = new ServiceClaim(_addresses, _ports, was);
        obj = transaction.Fill(service);
        return transaction.Pending(isDryRun);
    }

    public void Released(IObject obj)
    {
        if (obj is not Service service)
            return;

        foreach (var text in service.Spec.ClusterIPs)
        {
            if (IPAddress.TryParse(text, out var address))
                _addresses.Release(address);
        }

        foreach (var port in ServiceClaim.PortsOf(service))
            _ports.Release(port);
    }

    private IEnumerable<Action> Claims(Service service)
    {
        foreach (var text in service.Spec.ClusterIPs)
        {
            if (IPAddress.TryParse(text, out var address))
                yield return () => _addresses.Take(address);
        }

        foreach (var port in ServiceClaim.PortsOf(service))
            yield return () => _ports.Take(port);
    }
}
