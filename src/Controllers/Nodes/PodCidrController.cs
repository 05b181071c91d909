using System.Net;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Gives every node a part of the cluster's pod addresses (upstream's node IPAM, range allocator).</summary>
internal sealed class PodCidrController(IClient client, IEventRecorder events, string clusterCidr) : IController, IReconciler
{
    private const int NodePrefix = 24;

    private readonly IPNetwork _cluster = IPNetwork.Parse(clusterCidr);
    private readonly Lock _gate = new();
    private readonly HashSet<int> _given = []; // what was given and the cache may not show yet
    private IInformer<Node> _nodes = null!; // set by Watch, before the loop runs

    public string Name => "node-ipam-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _nodes = informers.For<Node>();
        _nodes.Subscribe((old, now) =>
        {
            if (now is null && old!.Spec.PodCIDR.Length > 0 && IndexOf(old.Spec.PodCIDR) is { } freed)
            {
                lock (_gate)
                    _given.Remove(freed);
            }
            else if (now is { Spec.PodCIDR: "" })
            {
                queue.Add(ObjectKey.Of(now));
            }
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        // The cache may not show yet what was given a moment ago, and an address range is given once.
        if (_nodes.Find(key) is null || await client.FindAsync<Node>(key, ct) is not { Metadata.DeletionTimestamp: null, Spec.PodCIDR: "" } node)
            return Requeue.Never;

        if (Take() is not { } index)
        {
            events.Record(node, "Warning", "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            return Requeue.After(TimeSpan.FromMinutes(1));
        }

        var cidr = CidrOf(index);
        try
        {
            var body = $$$"""{"metadata":{"uid":"{{{node.Metadata.Uid}}}"},"spec":{"podCIDR":"{{{cidr}}}","podCIDRs":["{{{cidr}}}"]}}""";
            await client.PatchAsync<Node>(key, Patch.Strategic(body), "", ct);
        }
        catch (Exception)
        {
            lock (_gate)
                _given.Remove(index);
            throw;
        }

        return Requeue.Never;
    }

    private int? Take()
    {
        lock (_gate)
        {
            var used = _nodes.List().Select(n => IndexOf(n.Spec.PodCIDR)).OfType<int>().ToHashSet();
            for (var i = 0; i < 1 << (NodePrefix - _cluster.PrefixLength); i++)
            {
                if (!used.Contains(i) && _given.Add(i))
                    return i;
            }

            return null;
        }
    }

    private string CidrOf(int index)
    {
        var address = BitConverter.ToUInt32([.. _cluster.BaseAddress.GetAddressBytes().Reverse()]) + ((uint)index << (32 - NodePrefix));
        return $"{new IPAddress([.. BitConverter.GetBytes(address).Reverse()])}/{NodePrefix}";
    }

    private int? IndexOf(string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out var network) || !_cluster.Contains(network.BaseAddress))
            return null;

        uint Number(IPAddress a) => BitConverter.ToUInt32([.. a.GetAddressBytes().Reverse()]);
        return (int)((Number(network.BaseAddress) - Number(_cluster.BaseAddress)) >> (32 - NodePrefix));
    }
}
