using System.Net;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Gives every node a part of the cluster's pod addresses (upstream's node IPAM, range allocator).</summary>
internal sealed class PodCidrController(IClient client, IEventRecorder events, string clusterCidr) : IController, IReconciler
{
    private const int NodePrefix = 24;

    private static readonly TimeSpan UntilFreed = TimeSpan.FromMinutes(1);

    private readonly IPNetwork _cluster = IPNetwork.Parse(clusterCidr);
    private readonly Lock _gate = new();
    private readonly HashSet<int> _given = []; // what was given and the cache may not show yet

    /// <summary>How many nodes of the cache have each part: counted as they come and go, for with thousands of nodes counting anew for each is the square of them.</summary>
    private readonly int[] _shown = new int[PartsOf(clusterCidr)];
    private IInformer<Node> _nodes = null!; // set by Watch, before the loop runs

    public string Name => "node-ipam-controller";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _nodes = informers.For<Node>();
        _nodes.Subscribe((old, now) =>
        {
            Count(old?.Spec.PodCIDR ?? "", now?.Spec.PodCIDR ?? "", isGone: now is null);
            if (now is { Spec.PodCIDR: "" })
                queue.Add(ObjectKey.Of(now));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_nodes.Find(key) is { Spec.PodCIDR: "" } waiting && !IsAnyFree())
        {
            events.Record(waiting, "Warning", "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            return Requeue.After(UntilFreed);
        }

        // The cache may not show yet what was given a moment ago, and an address range is given once.
        if (_nodes.Find(key) is null || await client.FindAsync<Node>(key, ct) is not { Metadata.DeletionTimestamp: null, Spec.PodCIDR: "" } node)
            return Requeue.Never;

        if (Take() is not { } index)
            return Requeue.After(TimeSpan.Zero); // another took the last one a moment ago

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
            for (var i = 0; i < _shown.Length; i++)
            {
                if (_shown[i] == 0 && _given.Add(i))
                    return i;
            }

            return null;
        }
    }

    private bool IsAnyFree()
    {
        lock (_gate)
        {
            for (var i = 0; i < _shown.Length; i++)
            {
                if (_shown[i] == 0 && !_given.Contains(i))
                    return true;
            }

            return false;
        }
    }

    private void Count(string old, string now, bool isGone)
    {
        if (old == now)
            return;

        lock (_gate)
        {
            if (PartOf(old) is { } left)
            {
                _shown[left]--;
                if (isGone)
                    _given.Remove(left);
            }

            if (PartOf(now) is { } taken)
                _shown[taken]++;
        }
    }

    private int? PartOf(string cidr) => cidr.Length > 0 && IndexOf(cidr) is { } index && index < _shown.Length ? index : null;

    private static int PartsOf(string clusterCidr) => 1 << Math.Max(0, NodePrefix - IPNetwork.Parse(clusterCidr).PrefixLength);

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
