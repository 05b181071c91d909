using KubeSharp.Client;
using KubeSharp.Objects.PolicyV1;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;
using KubeSharp.Scheduler.Queue;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>Takes in what happened, then schedules one pod, and again. The one owner of the queue and the cache: nothing here is locked.</summary>
internal sealed partial class SchedulingLoop(
    Profile profile, NodeSearch search, Preemption preemption, Inbox inbox, Outbox outbox, ILister<PodDisruptionBudget> budgets, TimeProvider clock, ILogger<SchedulingLoop> log)
{
    private static readonly TimeSpan BetweenExpiries = TimeSpan.FromSeconds(30);

    private readonly SchedulingQueue _queue = new(profile.PreEnqueue, clock);
    private readonly ClusterCache _cache = new();
    private readonly WaitingPods _waiting = new();
    private TimeSpan _nextExpiry = BetweenExpiries;

    public async Task RunAsync(CancellationToken ct)
    {
        await using var timer = clock.CreateTimer(_ => inbox.Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            await TakeInAsync(inbox.Take(), ct);
            _queue.Flush();
            if (_queue.TryPop() is { } pod)
            {
                await ScheduleAsync(pod, ct);
                continue;
            }

            if (Earlier(_queue.NextDue, _waiting.NextDue) is { } due)
            {
                var wait = due - _queue.Now + TimeSpan.FromMilliseconds(1); // timers round down
                timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            await inbox.WaitAsync(ct);
        }
    }

    private async ValueTask TakeInAsync(Changes changes, CancellationToken ct)
    {
        var events = ClusterEvents.None;
        foreach (var (name, ns) in changes.Namespaces)
            _cache.SetNamespace(name, ns?.Metadata.Labels);
        foreach (var (name, node) in changes.Nodes)
            events |= node is null ? _cache.RemoveNode(name) : _cache.SetNode(node);
        foreach (var (name, storage) in changes.StorageClasses)
            events |= _cache.Volumes.Set(name, storage);
        foreach (var (name, volume) in changes.Volumes)
            events |= _cache.Volumes.Set(name, volume);
        foreach (var (key, claim) in changes.Claims)
            events |= _cache.Volumes.Set(key, claim);
        foreach (var (key, pod) in changes.Pods)
            events |= TakeIn(key, pod);
        foreach (var outcome in changes.Bindings)
            events |= await TakeInAsync(outcome, ct);
        foreach (var (errand, failure) in _waiting.TakeReady(_cache.Volumes, _queue.Now))
            events |= await GoOnAsync(errand, failure, ct);
        if (_queue.Now >= _nextExpiry)
        {
            events |= _cache.Expire(_queue.Now);
            _nextExpiry = _queue.Now + BetweenExpiries;
        }

        _queue.Wake(events);
    }

    private ClusterEvents TakeIn(ObjectKey key, Pod? pod)
    {
        var isOver = pod is null or { Status.Phase: "Succeeded" or "Failed" };
        if (isOver)
        {
            Leave(key);
            return _cache.Remove(key);
        }

        if (pod!.Spec.NodeName.Length > 0)
        {
            Leave(key);
            return _cache.SetPod(new(pod));
        }

        // Another pod of this name was on a node before, and we missed its end.
        var events = _cache.TryPod(key, out var cached) && cached.Pod.Uid != pod.Metadata.Uid ? _cache.Remove(key) : ClusterEvents.None;
        if (pod.Metadata.DeletionTimestamp is not null || pod.Spec.SchedulerName != profile.SchedulerName)
            _queue.Remove(key);
        else
            Enqueue(new(pod));
        return events;
    }

    /// <summary>The pod needs no node any more.</summary>
    private void Leave(ObjectKey key)
    {
        _queue.Remove(key);
        _cache.Nominations.Remove(key);
        if (_waiting.Remove(key) is { } waited)
            _cache.Volumes.TakeBack(waited.Plans);
    }

    /// <summary>A nomination of an earlier run of the scheduler is kept.</summary>
    private void Enqueue(PodInfo pod)
    {
        _queue.Set(pod);
        if (pod.Pod.Status.NominatedNodeName.Length > 0 && !_cache.TryPod(pod.Key, out _))
            _cache.Nominations.Set(pod, pod.Pod.Status.NominatedNodeName);
    }

    private async ValueTask<ClusterEvents> TakeInAsync(BindOutcome outcome, CancellationToken ct)
    {
        if (outcome.Failure is not { } failure)
        {
            _cache.Bound(outcome.Pod, _queue.Now);
            return ClusterEvents.None;
        }

        if (_waiting.Remove(outcome.Pod.Key) is { } waited)
            _cache.Volumes.TakeBack(waited.Plans);
        var events = _cache.Forget(outcome.Pod);
        _queue.Fail(outcome.Queued);
        if (failure is ApiException { IsNotFound: true })
            return events; // deleted while it was being bound; the watch tells the rest

        BindingFailed(outcome.Pod.Key, failure.Message);
        await outbox.SendAsync(new FailureErrand(outcome.Pod, "SchedulerError", $"running {outcome.Step}: {failure.Message}", ""), ct);
        return events;
    }

    /// <summary>The volumes of a pod are there, or will not be.</summary>
    private async ValueTask<ClusterEvents> GoOnAsync(VolumesErrand errand, string failure, CancellationToken ct)
    {
        _cache.Volumes.TakeBack(errand.Plans);
        if (failure.Length > 0)
            return await TakeInAsync(new BindOutcome(errand.Queued, errand.Pod, BindOutcome.PreBind, new IOException(failure)), ct);

        await outbox.SendAsync(new BindErrand(errand.Pod, errand.Queued, errand.NodeName), ct);
        return ClusterEvents.None;
    }

    private async ValueTask ScheduleAsync(QueuedPod queued, CancellationToken ct)
    {
        var (pod, began) = (queued.Pod, clock.GetTimestamp());
        Placement placement;
        try
        {
            placement = search.Find(pod, _cache);
        }
        catch (Exception e)
        {
            // The boundary of one pod: a plugin's bug must not keep the others from being scheduled.
            CycleFailed(e, pod.Key);
            SchedulerMetrics.Attempted("error", clock.GetElapsedTime(began));
            _queue.Fail(queued);
            return;
        }

        SchedulerMetrics.Attempted(placement.Node is null ? "unschedulable" : "scheduled", clock.GetElapsedTime(began));
        if (placement.Node is { } node)
        {
            _cache.Nominations.Remove(pod.Key);
            _cache.Assume(pod, node);
            await outbox.SendAsync(PlanVolumes(queued, node) is { } volumes ? volumes : new BindErrand(pod, queued, node.Name), ct);
            return;
        }

        await RejectAsync(queued, placement.Diagnosis!, ct); // there is a diagnosis if there is no node
    }

    /// <returns><see langword="null"/> if all its claims have their volumes.</returns>
    private VolumesErrand? PlanVolumes(QueuedPod queued, NodeInfo node)
    {
        if (VolumeBinding.Plan(queued.Pod, node, _cache) is not { Count: > 0 } plans)
            return null;

        var errand = new VolumesErrand(queued.Pod, queued, node.Name, plans);
        _cache.Volumes.Promise(plans);
        _waiting.Add(errand, _queue.Now);
        return errand;
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private async ValueTask RejectAsync(QueuedPod queued, Diagnosis diagnosis, CancellationToken ct)
    {
        var pod = queued.Pod;
        _queue.Reject(queued, diagnosis.WakesOn);
        if (diagnosis.Nodes == 0)
        {
            await outbox.SendAsync(new FailureErrand(pod, "Unschedulable", diagnosis.Message, ""), ct);
            return;
        }

        var (plan, words, nominated) = preemption.Find(pod, _cache, diagnosis, budgets.List());
        if (nominated.Length > 0)
            _cache.Nominations.Set(pod, nominated);
        else
            _cache.Nominations.Remove(pod.Key);

        var message = words.Length == 0 ? diagnosis.Message : $"{diagnosis.Message} {words}";
        await outbox.SendAsync(new FailureErrand(pod, "Unschedulable", message, nominated), ct);
        foreach (var victim in plan?.Victims ?? [])
        {
            if (victim.Pod.Metadata.DeletionTimestamp is null)
                await outbox.SendAsync(new PreemptErrand(victim, pod, nominated), ct);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Pod {Key} could not be bound and is tried again: {Reason}")]
    private partial void BindingFailed(ObjectKey key, string reason);

    [LoggerMessage(2, LogLevel.Error, "Scheduling Pod {Key} failed; this is a bug")]
    private partial void CycleFailed(Exception e, ObjectKey key);
}
