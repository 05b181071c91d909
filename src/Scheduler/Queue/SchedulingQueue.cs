using KubeSharp.Client;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;

namespace KubeSharp.Scheduler.Queue;

/// <summary>
/// Pods that wait for a node: active, backing off, or unschedulable until something happens that a plugin which rejected them has named.
/// </summary>
/// <remarks>Owned by the scheduler's loop, which calls <see cref="Flush"/> when <see cref="NextDue"/> has come.</remarks>
internal sealed class SchedulingQueue(IReadOnlyList<IPreEnqueue> admission, TimeProvider clock)
{
    /// <summary>Upstream's <c>podInitialBackoffSeconds</c> and <c>podMaxBackoffSeconds</c>.</summary>
    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));

    /// <summary>A pod is tried again after this time even if nothing that it waits for has happened: a net under the events.</summary>
    private static readonly TimeSpan LongestUnschedulable = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(30);
    private static readonly Random NoChance = new(0); // the back-off has no jitter

    private readonly long _began = clock.GetTimestamp();
    private readonly Dictionary<ObjectKey, QueuedPod> _pods = [];
    private readonly HashSet<QueuedPod> _unschedulable = [];
    private readonly PriorityQueue<(QueuedPod Pod, int Move), PodOrder> _active = new();
    private readonly PriorityQueue<(QueuedPod Pod, int Move), TimeSpan> _backingOff = new();
    private long _tickets;
    private TimeSpan _nextSweep;

    public TimeSpan Now => clock.GetElapsedTime(_began);

    public int Count => _pods.Count;

    /// <summary>When <see cref="Flush"/> has something to do next; <see langword="null"/> for not before a change.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            while (_backingOff.TryPeek(out var first, out var due))
            {
                if (first.Pod.Move == first.Move)
                    return _unschedulable.Count > 0 && _nextSweep < due ? _nextSweep : due;
                _backingOff.Dequeue();
            }

            return _unschedulable.Count > 0 ? _nextSweep : null;
        }
    }

    /// <summary>A pod appeared or changed.</summary>
    public void Set(PodInfo pod)
    {
        if (_pods.TryGetValue(pod.Key, out var known) && known.Pod.Uid == pod.Uid)
        {
            Update(known, pod);
            return;
        }

        if (known is not null)
            Leave(known); // another pod of the same name
        var queued = new QueuedPod(pod) { Since = Now };
        _pods[pod.Key] = queued;
        Enter(queued);
    }

    /// <summary>The pod is gone, or has a node.</summary>
    public void Remove(ObjectKey key)
    {
        if (_pods.Remove(key, out var pod))
            Leave(pod);
    }

    /// <summary>Takes the pod whose turn it is. It must come back by <see cref="Reject"/> or <see cref="Fail"/>, or be removed.</summary>
    public QueuedPod? TryPop()
    {
        while (_active.TryDequeue(out var next, out _))
        {
            if (next.Pod.Move != next.Move)
                continue;

            MoveTo(next.Pod, Place.InFlight);
            next.Pod.Attempts++;
            return next.Pod;
        }

        return null;
    }

    /// <summary>No node will do, until one of these events.</summary>
    public void Reject(QueuedPod pod, ClusterEvents wakesOn)
    {
        if (!IsCurrent(pod))
            return; // deleted, or replaced by another of its name, while it was in flight

        pod.Since = Now;
        pod.BackoffEnds = Now + Waits.After(pod.Attempts, NoChance);
        pod.WakesOn = wakesOn;
        MoveTo(pod, Place.Unschedulable);
        if (_unschedulable.Count == 0)
            _nextSweep = Now + BetweenSweeps;
        _unschedulable.Add(pod);
    }

    /// <summary>Something went wrong that has nothing to do with the pod: again, after the back-off.</summary>
    public void Fail(QueuedPod pod)
    {
        if (!IsCurrent(pod))
            return;

        pod.Since = Now;
        pod.BackoffEnds = Now + Waits.After(pod.Attempts, NoChance);
        BackOff(pod);
    }

    /// <summary>Something happened: the pods that wait for it have their turn again, at once or after their back-off.</summary>
    public void Wake(ClusterEvents events)
    {
        if (events == ClusterEvents.None || _unschedulable.Count == 0)
            return;

        foreach (var pod in _unschedulable)
        {
            if ((pod.WakesOn & events) != 0)
                Again(pod); // removing while enumerating is allowed for HashSet.Remove
        }
    }

    /// <summary>Moves on whose back-off has ended, and who has been unschedulable for too long.</summary>
    public void Flush()
    {
        var now = Now;
        while (_backingOff.TryPeek(out var first, out var due) && (due <= now || first.Pod.Move != first.Move))
        {
            _backingOff.Dequeue();
            if (first.Pod.Move == first.Move)
                Activate(first.Pod);
        }

        if (_unschedulable.Count == 0 || now < _nextSweep)
            return;

        _nextSweep = now + BetweenSweeps;
        foreach (var pod in _unschedulable)
        {
            if (now - pod.Since > LongestUnschedulable)
                Again(pod);
        }
    }

    private bool IsCurrent(QueuedPod pod) => _pods.TryGetValue(pod.Pod.Key, out var known) && ReferenceEquals(known, pod);

    private void Update(QueuedPod known, PodInfo pod)
    {
        var isOther = known.Place is Place.Unschedulable && MayHelp(known.Pod, pod);
        known.Pod = pod;
        if (known.Place == Place.Gated)
            Enter(known);
        else if (isOther)
            Again(known);
    }

    /// <summary>Status updates, our own condition among them, make no pod schedulable; its spec and labels may.</summary>
    private static bool MayHelp(PodInfo old, PodInfo current)
    {
        var (before, after) = (old.Pod, current.Pod);
        if (before.Metadata.Generation != after.Metadata.Generation || !before.Metadata.Labels.SameAs(after.Metadata.Labels))
            return true;

        return after.Metadata.Generation == 0 && !before.Spec.Equals(after.Spec); // servers before 1.33 do not count generations of pods
    }

    private void Enter(QueuedPod pod)
    {
        foreach (var gate in admission)
        {
            if (!gate.Admits(pod.Pod))
            {
                MoveTo(pod, Place.Gated);
                return;
            }
        }

        Activate(pod);
    }

    private void Again(QueuedPod pod)
    {
        if (pod.BackoffEnds > Now)
            BackOff(pod);
        else
            Activate(pod);
    }

    private void Activate(QueuedPod pod)
    {
        MoveTo(pod, Place.Active);
        _active.Enqueue((pod, pod.Move), new(pod.Pod.Priority, pod.Since, _tickets++));
    }

    private void BackOff(QueuedPod pod)
    {
        MoveTo(pod, Place.BackingOff);
        _backingOff.Enqueue((pod, pod.Move), pod.BackoffEnds);
    }

    private void Leave(QueuedPod pod) => MoveTo(pod, Place.InFlight);

    private void MoveTo(QueuedPod pod, Place place)
    {
        if (pod.Place == Place.Unschedulable)
            _unschedulable.Remove(pod);
        pod.Place = place;
        pod.Move++;
    }
}
