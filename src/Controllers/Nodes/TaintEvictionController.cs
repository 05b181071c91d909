namespace KubeSharp.Controllers.Nodes;

/// <summary>Deletes pods from nodes with <c>NoExecute</c> taints they do not tolerate, or tolerate only for a while.</summary>
internal sealed class TaintEvictionController(IClient client, IEventRecorder events, TimeProvider clock) : IController, IReconciler
{
    private const string ByNode = "node";
    private IInformer<Pod> _pods = null!; // set by Watch, before the loop runs
    private IInformer<Node> _nodes = null!;

    public string Name => "taint-eviction-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _pods = informers.For<Pod>();
        _nodes = informers.For<Node>();
        _pods.AddIndex(ByNode, static p => p.Spec.NodeName.Length > 0 ? [p.Spec.NodeName] : []);
        _pods.Subscribe((old, now) =>
        {
            if (now is { Spec.NodeName.Length: > 0 } && (old?.Spec.NodeName != now.Spec.NodeName || !old.Spec.Tolerations.SequenceEqual(now.Spec.Tolerations)))
                queue.Add(ObjectKey.Of(now));
        });
        _nodes.Subscribe((old, now) =>
        {
            if (now is null || (old is not null && Taints(old).SequenceEqual(Taints(now))) || (old is null && !Taints(now).Any()))
                return;

            foreach (var pod in _pods.ByIndex(ByNode, now.Metadata.Name))
                queue.Add(ObjectKey.Of(pod));
        });
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Find(key) is not { Metadata.DeletionTimestamp: null } pod || pod.IsTerminal() || _nodes.Find(new("", pod.Spec.NodeName)) is not { } node)
            return Requeue.Never;

        if (EvictionTime(pod, node) is not { } due)
            return Requeue.Never;

        var left = due - clock.GetUtcNow();
        if (left > TimeSpan.Zero)
            return Requeue.After(left);

        await NoteAsync(pod, ct);
        events.Record(pod, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {key}");
        await client.DeleteAsync<Pod>(key, new(Uid: pod.Metadata.Uid), ct);
        return Requeue.Never;
    }

    /// <summary>Says why, for those who count a pod's failure by it (a Job's pod failure policy).</summary>
    private async Task NoteAsync(Pod pod, CancellationToken ct)
    {
        var condition = new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "DeletionByTaintManager",
            Message = "Taint manager: deleting due to NoExecute taint",
            LastTransitionTime = clock.GetUtcNow(),
        };
        if (!pod.Status.Conditions.IsTrue(condition.Type))
            await client.UpdateStatusAsync(pod with { Status = pod.Status with { Conditions = pod.Status.Conditions.With(condition) } }, ct);
    }

    /// <summary>When the pod has to go; <see langword="null"/> if it may stay.</summary>
    internal static DateTimeOffset? EvictionTime(Pod pod, Node node)
    {
        DateTimeOffset? due = null;
        foreach (var taint in Taints(node))
        {
            var tolerations = pod.Spec.Tolerations.Where(t => t.Tolerates(taint)).ToList();
            if (tolerations.Count == 0)
                return DateTimeOffset.MinValue;

            // The shortest of the limited ones counts; unlimited ones do not end.
            var seconds = tolerations.Select(t => t.TolerationSeconds).OfType<long>().DefaultIfEmpty(long.MaxValue).Min();
            if (seconds == long.MaxValue)
                continue;

            var end = (taint.TimeAdded ?? DateTimeOffset.MinValue).AddSeconds(Math.Max(0, seconds));
            due = due is null || end < due ? end : due;
        }

        return due;
    }

    private static IEnumerable<Taint> Taints(Node node) => node.Spec.Taints.Where(t => t.Effect == "NoExecute");
}
