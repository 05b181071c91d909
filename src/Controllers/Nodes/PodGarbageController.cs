using System.Text.Json.Nodes;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Removes pods that nobody else will: those of nodes that are gone, those deleted before any node had them, too many finished ones.</summary>
internal sealed class PodGarbageController(IClient client, int finishedLimit, TimeProvider clock) : IController, IReconciler
{
    /// <summary>A node that was deleted by mistake gets this long to come back.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);
    private static readonly ObjectKey FinishedKey = new("", "finished pods");

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _missingSince = new(); // by the monotonic clock: the wall clock may jump
    private IInformer<Pod> _pods = null!; // set by Watch, before the loop runs
    private IInformer<Node> _nodes = null!;

    public string Name => "pod-garbage-collector";

    public IReconciler Reconciler => this;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _pods = informers.For<Pod>();
        _nodes = informers.For<Node>();
        _pods.Subscribe((_, now) =>
        {
            if (now is null)
                return;

            if (now.Spec.NodeName.Length > 0 ? !_nodes.HasSynced || _nodes.Find(new("", now.Spec.NodeName)) is null : now.Metadata.DeletionTimestamp is not null)
                queue.Add(ObjectKey.Of(now));
            if (now.IsTerminal() && now.Metadata.DeletionTimestamp is null)
                queue.Add(FinishedKey);
        });
        _nodes.Subscribe((old, now) =>
        {
            if (now is not null)
            {
                _missingSince.TryRemove(now.Metadata.Name, out _);
                return;
            }

            foreach (var pod in _pods.List().Where(p => p.Spec.NodeName == old!.Metadata.Name))
                queue.Add(ObjectKey.Of(pod));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (key == FinishedKey)
        {
            await LimitFinishedAsync(ct);
            return Requeue.Never;
        }

        if (_pods.Find(key) is not { } pod)
            return Requeue.Never;

        if (pod.Spec.NodeName.Length == 0)
        {
            if (pod.Metadata.DeletionTimestamp is not null)
                await RemoveAsync(pod, ct);
            return Requeue.Never;
        }

        var node = pod.Spec.NodeName;
        if (_nodes.Find(new("", node)) is not null)
            return Requeue.Never;

        var left = Quarantine - clock.GetElapsedTime(_missingSince.GetOrAdd(node, _ => clock.GetTimestamp()));
        if (left > TimeSpan.Zero)
            return Requeue.After(left);

        // The cache may lag behind a node that has just come back.
        if (await client.FindAsync<Node>(new("", node), ct) is not null)
            return Requeue.Never;

        await FailAsync(pod, ct);
        await RemoveAsync(pod, ct);
        return Requeue.Never;
    }

    private async Task LimitFinishedAsync(CancellationToken ct)
    {
        var finished = _pods.List().Where(p => p.IsTerminal() && p.Metadata.DeletionTimestamp is null).ToList();
        foreach (var pod in finished.OrderBy(p => p.Metadata.CreationTimestamp).Take(Math.Max(0, finished.Count - finishedLimit)))
            await RemoveAsync(pod, ct);
    }

    private async Task FailAsync(Pod pod, CancellationToken ct)
    {
        if (pod.IsTerminal())
            return;

        var condition = new PodCondition
        {
            Type = "DisruptionTarget", Status = "True", Reason = "DeletionByPodGC", Message = "PodGC: node no longer exists", LastTransitionTime = clock.GetUtcNow(),
        };

        // A patch, for its role may do no more; conditions merge by their type.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid },
            ["status"] = new JsonObject { ["phase"] = "Failed", ["conditions"] = new JsonArray(JsonNode.Parse(Json.Encode(condition))) },
        };
        await client.PatchAsync<Pod>(ObjectKey.Of(pod), Patch.Strategic(patch.ToJsonString()), "status", ct);
    }

    private Task<bool> RemoveAsync(Pod pod, CancellationToken ct) =>
        client.DeleteAsync<Pod>(ObjectKey.Of(pod), new(Uid: pod.Metadata.Uid, GracePeriodSeconds: 0), ct);
}
