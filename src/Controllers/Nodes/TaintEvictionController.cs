using System.Collections.Concurrent;

namespace KubeSharp.Controllers.Nodes;

/// <summary>Deletes pods from nodes with <c>NoExecute</c> taints they do not tolerate, or tolerate only for a while.</summary>
/// <remarks>
/// The while is counted by the monotonic clock, so that a jump of the wall clock evicts nobody. Only what was there before this process
/// is dated by the wall clock, by the taint's timeAdded: a restart does not begin the while anew (upstream's does).
/// </remarks>
internal sealed class TaintEvictionController(IClient client, IEventRecorder events, TimeProvider clock) : IController, IReconciler
{
    private const string ByNode = "node";
    private const long Longest = 100L * 365 * 24 * 3600; // tolerations may name seconds that no TimeSpan holds
    private readonly long _began = clock.GetTimestamp();

    /// <summary>Since when each taint and each pod has been where it is; before <see cref="_began"/> is negative.</summary>
    private readonly ConcurrentDictionary<(string Node, string Key, string Value), TimeSpan> _taintedSince = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _boundSince = new();

    /// <summary>UIDs of the pods that are to go later, unless the taint goes before.</summary>
    private readonly ConcurrentDictionary<string, bool> _waiting = new();
    private IInformer<Pod> _pods = null!; // set by Watch, before the loop runs
    private IInformer<Node> _nodes = null!;

    private TimeSpan Now => clock.GetElapsedTime(_began);

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
            if (now is null)
            {
                _boundSince.TryRemove(old!.Metadata.Uid, out _);
                _waiting.TryRemove(old.Metadata.Uid, out _);
            }
            else if (now is { Spec.NodeName.Length: > 0 } && (old?.Spec.NodeName != now.Spec.NodeName || !old.Spec.Tolerations.SequenceEqual(now.Spec.Tolerations)))
                queue.Add(ObjectKey.Of(now));
        });
        _nodes.Subscribe((old, now) =>
        {
            Note(old, now);
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
        {
            if (_waiting.TryRemove(pod.Metadata.Uid, out _))
                events.Record(pod, "Normal", "TaintManagerEviction", $"Cancelling deletion of Pod {key}");
            return Requeue.Never;
        }

        var left = due - Now;
        if (left > TimeSpan.Zero)
        {
            _waiting[pod.Metadata.Uid] = true;
            return Requeue.After(left);
        }

        _waiting.TryRemove(pod.Metadata.Uid, out _);
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
    private TimeSpan? EvictionTime(Pod pod, Node node)
    {
        TimeSpan? due = null;
        foreach (var taint in Taints(node))
        {
            var tolerations = pod.Spec.Tolerations.Where(t => t.Tolerates(taint)).ToList();
            if (tolerations.Count == 0)
                return Now;

            // The shortest of the limited ones counts; unlimited ones do not end.
            if (tolerations.Select(t => t.TolerationSeconds).OfType<long>().Cast<long?>().Min() is not { } seconds)
                continue;

            var tainted = _taintedSince.GetOrAdd((node.Metadata.Uid, taint.Key, taint.Value), _ => Dated(taint.TimeAdded));
            var bound = _boundSince.GetOrAdd(pod.Metadata.Uid, _ => Dated(pod.Status.Conditions.Find("PodScheduled")?.LastTransitionTime ?? pod.Metadata.CreationTimestamp));
            var end = (tainted > bound ? tainted : bound) + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest));
            due = due is null || end < due ? end : due;
        }

        return due;
    }

    /// <summary>Dates the taints that come, and forgets those that go.</summary>
    private void Note(Node? old, Node? now)
    {
        foreach (var taint in old is null ? [] : Taints(old))
        {
            if (now is null || !Taints(now).Any(t => IsSame(t, taint)))
                _taintedSince.TryRemove((old!.Metadata.Uid, taint.Key, taint.Value), out _);
        }

        foreach (var taint in now is null ? [] : Taints(now))
        {
            // What we saw come needs no date of another clock.
            var isNew = old is not null && !Taints(old).Any(t => IsSame(t, taint));
            _taintedSince.GetOrAdd((now!.Metadata.Uid, taint.Key, taint.Value), _ => isNew ? Now : Dated(taint.TimeAdded));
        }
    }

    /// <summary>A moment of the wall clock on ours; what has no date, or one that is yet to come, is now.</summary>
    private TimeSpan Dated(DateTimeOffset? at)
    {
        var age = at is { } moment ? clock.GetUtcNow() - moment : TimeSpan.Zero;
        return Now - (age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    private static bool IsSame(Taint a, Taint b) => (a.Key, a.Value, a.TimeAdded) == (b.Key, b.Value, b.TimeAdded);

    private static IEnumerable<Taint> Taints(Node node) => node.Spec.Taints.Where(t => t.Effect == "NoExecute");
}
