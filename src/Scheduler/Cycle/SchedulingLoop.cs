using KubeSharp.Client;
using KubeSharp.Objects.PolicyV1;
using KubeSharp.Scheduler.Cache;
using KubeSharp.Scheduler.Framework;
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

            if (_queue.NextDue is { } due)
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
        foreach (var (key, pod) in changes.Pods)
            events |= TakeIn(key, pod);
        foreach (var outcome in changes.Bindings)
            events |= await TakeInAsync(outcome, ct);
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
            _queue.Remove(key);
            _cache.Nominations.Remove(key);
            return _cache.Remove(key);
        }

        if (pod!.Spec.NodeName.Length > 0)
        {
            _queue.Remove(key);
            _cache.Nominations.Remove(key);
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

        var events = _cache.Forget(outcome.Pod);
        _queue.Fail(outcome.Queued);
        if (failure is ApiException { IsNotFound: true })
            return events; // deleted while it was being bound; the watch tells the rest

        BindingFailed(outcome.Pod.Key, failure.Message);
        await outbox.SendAsync(new FailureErrand(outcome.Pod, "SchedulerError", $"running Bind plugin \"DefaultBinder\": {failure.Message}", ""), ct);
        return events;
    }

    private async ValueTask ScheduleAsync(QueuedPod queued, CancellationToken ct)
    {
        var pod = queued.Pod;
        Placement placement;
        try
        {
            placement = search.Find(pod, _cache);
        }
        catch (Exception e)
        {
            // The boundary of one pod: a plugin's bug must not keep the others from being scheduled.
            CycleFailed(e, pod.Key);
            _queue.Fail(queued);
            return;
        }

        if (placement.Node is { } node)
        {
            _cache.Nominations.Remove(pod.Key);
            _cache.Assume(pod, node);
            await outbox.SendAsync(new BindErrand(pod, queued, node.Name), ct);
            return;
        }

        await RejectAsync(queued, placement.Diagnosis!, ct); // there is a diagnosis if there is no node
    }

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
