using System.Collections.Concurrent;
using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Notices nodes whose agent went silent: their conditions become Unknown, taints follow, their pods are no longer ready.</summary>
/// <remarks>Silence is measured by our own monotonic clock from when we saw the last heartbeat, so that no node's clock matters.</remarks>
internal sealed class NodeLifecycleController(IClient client, IEventRecorder events, NodeLifecycleOptions options, TimeProvider clock) : IController, IReconciler
{
    private const string LeaseNamespace = "kube-node-lease";

    /// <summary>Nodes that fall silent together are given up one after another: none of them loses its pods before all are counted.</summary>
    private static readonly TimeSpan Counting = TimeSpan.FromSeconds(1);
    private static readonly string[] Reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private readonly ConcurrentDictionary<string, Heartbeat> _heartbeats = new();
    private readonly ConcurrentDictionary<string, long> _givenUpAt = new();
    private readonly ZoneCensus _zones = new(options);
    private readonly EvictionPace _pace = new(clock);
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
                NodeGone(old!.Metadata.Name, queue);
            else
                NodeChanged(old, now, queue);
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
        var grace = ReadyOf(node) is null ? options.StartupGrace : options.Grace;
        if (silence > grace && !IsSilent(node))
            node = await MarkSilentAsync(node, ct);

        var turn = await TaintAsync(node, ct);
        if (IsSilent(node))
            await UnreadyPodsAsync(node, ct);

        TimeSpan? look = silence > grace ? null : grace - silence + TimeSpan.FromMilliseconds(100);
        return (look, turn) switch
        {
            (null, null) => Requeue.Never,
            ({ } a, { } b) => Requeue.After(a < b ? a : b),
            _ => Requeue.After((look ?? turn)!.Value),
        };
    }

    /// <returns>When the node's turn to lose its pods may come.</returns>
    private async Task<TimeSpan?> TaintAsync(Node node, CancellationToken ct)
    {
        var zone = ZoneCensus.ZoneOf(node);
        TimeSpan? turn = TimeSpan.Zero;
        var (mayEvict, tookTurn) = (false, false);
        if (ReadyOf(node) is not { Status: "False" or "Unknown" })
        {
            _pace.Forget(node.Metadata.Name);
            _givenUpAt.TryRemove(node.Metadata.Name, out _);
        }
        else if (_zones.IsCutOff)
            mayEvict = false;
        else if (NodeTaints.IsEvicting(node))
            mayEvict = true; // which of the two taints it is may change at once
        else if (_givenUpAt.TryGetValue(node.Metadata.Name, out var at) && Counting - clock.GetElapsedTime(at) is { Ticks: > 0 } left)
            turn = left;
        else
            mayEvict = tookTurn = (turn = _pace.Ask(zone, node.Metadata.Name, _zones.RateOf(zone))) == TimeSpan.Zero;

        var taints = NodeTaints.Of(node, mayEvict, clock.GetUtcNow());
        try
        {
            if (!ReferenceEquals(taints, node.Spec.Taints))
                await client.UpdateAsync(node with { Spec = node.Spec with { Taints = taints } }, ct);
        }
        catch (Exception) when (tookTurn)
        {
            _pace.GiveBack(zone);
            throw;
        }

        return turn > TimeSpan.Zero ? turn : null;
    }

    private void NodeGone(string node, IWorkQueue queue)
    {
        _heartbeats.TryRemove(node, out _);
        _givenUpAt.TryRemove(node, out _);
        _pace.Forget(node);
        if (_zones.Remove(node))
            LookAround(queue);
    }

    private void NodeChanged(Node? old, Node now, IWorkQueue queue)
    {
        // An agent that comes back may report its status before it renews its lease.
        if (old is not null && ReadyOf(now) is { Status: not "Unknown", LastHeartbeatTime: { } reported } && reported != ReadyOf(old)?.LastHeartbeatTime)
            _heartbeats[now.Metadata.Name] = new(_leases.Find(new(LeaseNamespace, now.Metadata.Name))?.Spec.RenewTime, clock.GetTimestamp());
        queue.Add(ObjectKey.Of(now));
        if (_zones.Put(now, ReadyOf(now) is { Status: "True" }))
            LookAround(queue);
    }

    /// <summary>How fast pods may be evicted has changed: nodes that wait for their turn are told.</summary>
    private void LookAround(IWorkQueue queue)
    {
        foreach (var node in _nodes.List())
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

        _givenUpAt[node.Metadata.Name] = clock.GetTimestamp();
        _zones.Put(node, isReady: false); // before the cache shows it: of many nodes that fall silent at once none is to be evicted
        events.Record(node, "Normal", "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        try
        {
            return await client.UpdateStatusAsync(node with { Status = node.Status with { Conditions = conditions } }, ct);
        }
        catch (Exception)
        {
            // It may have spoken just now: what the cache shows counts again.
            var shown = _nodes.Find(ObjectKey.Of(node)) ?? node;
            _zones.Put(shown, ReadyOf(shown) is { Status: "True" });
            throw;
        }
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
