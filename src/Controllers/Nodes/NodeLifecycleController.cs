using System.Collections.Concurrent;
using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Notices nodes whose agent went silent: their conditions become Unknown, taints follow, their pods are no longer ready.</summary>
/// <remarks>Silence is measured by our own monotonic clock from when we saw the last heartbeat, so that no node's clock matters.</remarks>
internal sealed class NodeLifecycleController(IClient client, IEventRecorder events, TimeProvider clock) : IController, IReconciler
{
    /// <summary>kube-controller-manager's <c>--node-monitor-grace-period</c>.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(50);
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly string[] Reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private readonly ConcurrentDictionary<string, Heartbeat> _heartbeats = new();
    private volatile bool _isCutOff = true;
    private IInformer<Node> _nodes = null!; // set by Watch, before the loop runs
    private IInformer<Lease> _leases = null!;
    private IInformer<Pod> _pods = null!;

    public string Name => "node-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _nodes = informers.For<Node>();
        _pods = informers.For<Pod>();
        _leases = informers.For<Lease>(new ListQuery(Namespace: LeaseNamespace));
        _nodes.Subscribe((old, now) =>
        {
            if (now is null)
                _heartbeats.TryRemove(old!.Metadata.Name, out _);
            else
                NodeChanged(old, now, queue);
            LookAround(queue);
        });

        // A lease's renewal is only noted; the node is looked at when the last known one would have run out.
        _leases.Subscribe((_, now) =>
        {
            if (now is null)
                return;

            Note(now.Metadata.Name, now.Spec.RenewTime);
            if (_nodes.Find(new("", now.Metadata.Name)) is { } node && IsSilent(node))
                queue.Add(ObjectKey.Of(node));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_nodes.Find(key) is not { } node)
            return Requeue.Never;

        var heartbeat = _heartbeats.GetOrAdd(key.Name, _ => new(_leases.Find(new(LeaseNamespace, key.Name))?.Spec.RenewTime, clock.GetTimestamp()));
        var silence = clock.GetElapsedTime(heartbeat.SeenAt);
        if (silence > Grace && !IsSilent(node))
            node = await MarkSilentAsync(node, ct);

        var taints = NodeTaints.Of(node, mayEvict: !_isCutOff, clock.GetUtcNow());
        if (!ReferenceEquals(taints, node.Spec.Taints))
            node = await client.UpdateAsync(node with { Spec = node.Spec with { Taints = taints } }, ct);
        if (IsSilent(node))
            await UnreadyPodsAsync(node, ct);

        return silence > Grace ? Requeue.Never : Requeue.After(Grace - silence + TimeSpan.FromMilliseconds(100));
    }

    private void NodeChanged(Node? old, Node now, IWorkQueue queue)
    {
        // An agent that comes back may report its status before it renews its lease.
        if (old is not null && ReadyOf(now) is { Status: not "Unknown", LastHeartbeatTime: { } reported } && reported != ReadyOf(old)?.LastHeartbeatTime)
            _heartbeats[now.Metadata.Name] = new(_leases.Find(new(LeaseNamespace, now.Metadata.Name))?.Spec.RenewTime, clock.GetTimestamp());
        queue.Add(ObjectKey.Of(now));
    }

    /// <summary>When no node is ready any more it is likelier that we hear nothing than that all are dead: then no pod is evicted.</summary>
    private void LookAround(IWorkQueue queue)
    {
        var nodes = _nodes.List();
        var isCutOff = nodes.All(n => ReadyOf(n) is not { Status: "True" });
        if (isCutOff == _isCutOff)
            return;

        _isCutOff = isCutOff;
        foreach (var node in nodes)
            queue.Add(ObjectKey.Of(node));
    }

    private void Note(string node, DateTimeOffset? renewed)
    {
        if (!_heartbeats.TryGetValue(node, out var known) || known.Renewed != renewed)
            _heartbeats[node] = new(renewed, clock.GetTimestamp());
    }

    private static NodeCondition? ReadyOf(Node node) => node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");

    private static bool IsSilent(Node node) => ReadyOf(node) is { Status: "Unknown" };

    private async Task<Node> MarkSilentAsync(Node node, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var conditions = node.Status.Conditions.ToList();
        foreach (var type in Reported)
        {
            var at = conditions.FindIndex(c => c.Type == type);
            if (at < 0)
            {
                conditions.Add(new()
                {
                    Type = type,
                    Status = "Unknown",
                    Reason = "NodeStatusNeverUpdated",
                    Message = "Kubelet never posted node status.",
                    LastHeartbeatTime = node.Metadata.CreationTimestamp,
                    LastTransitionTime = now,
                });
            }
            else if (conditions[at].Status != "Unknown")
            {
                conditions[at] = conditions[at] with
                {
                    Status = "Unknown", Reason = "NodeStatusUnknown", Message = "Kubelet stopped posting node status.", LastTransitionTime = now,
                };
            }
        }

        events.Record(node, "Normal", "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        return await client.UpdateStatusAsync(node with { Status = node.Status with { Conditions = conditions } }, ct);
    }

    /// <summary>Their agent cannot say so: Services must not send traffic there.</summary>
    private async Task UnreadyPodsAsync(Node node, CancellationToken ct)
    {
        foreach (var pod in _pods.List().Where(p => p.Spec.NodeName == node.Metadata.Name && p.Metadata.DeletionTimestamp is null))
        {
            if (pod.Status.Conditions.FirstOrDefault(c => c is { Type: "Ready", Status: "True" }) is not { } ready)
                continue;

            var condition = ready with { Status = "False", LastTransitionTime = clock.GetUtcNow() };
            try
            {
                await client.UpdateStatusAsync(pod with { Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Select(c => c.Type == "Ready" ? condition : c)] } }, ct);
                events.Record(pod, "Warning", "NodeNotReady", "Node is not ready");
            }
            catch (ApiException e) when (e.IsConflict || e.IsNotFound)
            {
                // changed or gone meanwhile: its own event brings us back
            }
        }
    }

    private readonly record struct Heartbeat(DateTimeOffset? Renewed, long SeenAt);
}
