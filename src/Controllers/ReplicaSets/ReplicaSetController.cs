using KubeSharp.Controllers.Pods;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.ReplicaSets;

/// <summary>Keeps as many pods of a ReplicaSet as it wants.</summary>
internal sealed class ReplicaSetController : IController, IReconciler
{
    /// <summary>At most so many pods in one go; the rest follows when these have arrived.</summary>
    private const int Burst = 500;
    private const string ByOwner = "controller-uid";

    private readonly IClient _client;
    private readonly IEventRecorder _events;
    private readonly TimeProvider _clock;
    private readonly Expectations _expectations;
    private IInformer<ReplicaSet> _sets = null!; // set by Watch, before the loop runs
    private IInformer<Pod> _pods = null!;

    public ReplicaSetController(IClient client, IEventRecorder events, TimeProvider clock)
    {
        (_client, _events, _clock) = (client, events, clock);
        _expectations = new(clock);
    }

    public string Name => "replicaset-controller";

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _sets = informers.For<ReplicaSet>();
        _pods = informers.For<Pod>();
        _pods.AddIndex(ByOwner, static p => p.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        _sets.Subscribe((old, now) =>
        {
            if (now is null)
                _expectations.Forget(ObjectKey.Of(old!));
            queue.Add(ObjectKey.Of((now ?? old)!));
        });
        _pods.Subscribe((old, now) => PodChanged(old, now, queue));
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_sets.Find(key) is not { } set)
            return Requeue.Never;

        var isReady = _expectations.AreMet(key);
        var claimed = await Ownership.ClaimAsync(
            _client, set, Selector.Of(set.Spec.Selector), _pods.ByIndex(ByOwner, set.Metadata.Uid), _pods.List(set.Metadata.Namespace).Where(p => p.IsActive()), ct);
        var pods = claimed.Where(p => p.IsActive()).ToList();
        Exception? failure = null;
        if (isReady && set.Metadata.DeletionTimestamp is null)
            failure = await ScaleAsync(set, pods, ct);

        var status = ReplicaSetStatusOf(set, pods, failure);
        if (status != set.Status || set.Status.ObservedGeneration != set.Metadata.Generation)
            await _client.UpdateStatusAsync(set with { Status = status with { ObservedGeneration = set.Metadata.Generation } }, ct);
        if (failure is not null)
            throw failure;

        return NextAvailability(set, pods);
    }

    private void PodChanged(Pod? old, Pod? now, IWorkQueue queue)
    {
        var pod = (now ?? old)!;
        if (now is not null && old?.Metadata.Controller() is { Kind: "ReplicaSet" } former && former.Uid != now.Metadata.Controller()?.Uid)
            queue.Add(new(pod.Metadata.Namespace, former.Name)); // let go by somebody else: its place is empty
        if (pod.Metadata.Controller() is { Kind: "ReplicaSet" } owner)
        {
            var key = new ObjectKey(pod.Metadata.Namespace, owner.Name);
            if (old is null)
                _expectations.Created(key);
            if (now is null || now.Metadata.DeletionTimestamp is not null)
                _expectations.Deleted(key, pod.Metadata.Uid);
            queue.Add(key);
        }
        else if (now is not null && pod.Metadata.Controller() is null)
        {
            // An orphan: whoever selects it may want to adopt it.
            foreach (var set in _sets.List(pod.Metadata.Namespace).Where(s => Selector.Of(s.Spec.Selector).Matches(pod.Metadata.Labels)))
                queue.Add(ObjectKey.Of(set));
        }
    }

    /// <returns>The first failure; what could be done is done.</returns>
    private async Task<Exception?> ScaleAsync(ReplicaSet set, List<Pod> pods, CancellationToken ct)
    {
        var difference = pods.Count - (set.Spec.Replicas ?? 1);
        return difference switch
        {
            < 0 => await CreateAsync(set, Math.Min(-difference, Burst), ct),
            > 0 => await DeleteAsync(set, pods, Math.Min(difference, Burst), ct),
            _ => null,
        };
    }

    /// <summary>In batches that double: if the first creation is refused (a quota), five hundred refusals do not follow.</summary>
    private async Task<Exception?> CreateAsync(ReplicaSet set, int count, CancellationToken ct)
    {
        if (!await Ownership.StaysAsync(_client, set, ct))
            return null;

        var key = ObjectKey.Of(set);
        _expectations.Expect(key, count, []);
        var template = set.Spec.Template.ToPod(set.Metadata.Name, set.Metadata.Namespace, set.ControllerReference());
        Exception? failure = null;
        var done = 0;
        for (var batch = 1; done < count && failure is null; batch *= 2)
        {
            var size = Math.Min(batch, count - done);
            var results = await Task.WhenAll(Enumerable.Range(0, size).Select(_ => TryAsync(async () =>
            {
                var pod = await _client.CreateAsync(template, ct);
                _events.Record(set, "Normal", "SuccessfulCreate", $"Created pod: {pod.Metadata.Name}");
            })));
            done += size;
            failure = results.FirstOrDefault(r => r is not null);
            foreach (var _ in results.Where(r => r is not null))
                _expectations.Created(key);
        }

        for (var skipped = done; skipped < count; skipped++)
            _expectations.Created(key);
        if (failure is ApiException { IsNamespaceTerminating: true })
            return null;
        if (failure is not null)
            _events.Record(set, "Warning", "FailedCreate", $"Error creating: {failure.Message}");
        return failure;
    }

    private async Task<Exception?> DeleteAsync(ReplicaSet set, List<Pod> pods, int count, CancellationToken ct)
    {
        var key = ObjectKey.Of(set);
        var siblings = set.Metadata.Controller() is { } owner
            ? _sets.List(set.Metadata.Namespace).Where(s => s.Metadata.Controller()?.Uid == owner.Uid).SelectMany(s => _pods.ByIndex(ByOwner, s.Metadata.Uid)).ToList()
            : pods;
        var victims = PodRanking.FirstToGo(pods, siblings, _clock.GetUtcNow()).Take(count).ToList();
        _expectations.Expect(key, 0, victims.Select(p => p.Metadata.Uid));
        var results = await Task.WhenAll(victims.Select(pod => TryAsync(async () =>
        {
            if (await _client.DeleteAsync<Pod>(ObjectKey.Of(pod), new(Uid: pod.Metadata.Uid), ct))
                _events.Record(set, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            else
                _expectations.Deleted(key, pod.Metadata.Uid);
        })));
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is null)
                continue;

            _expectations.Deleted(key, victims[i].Metadata.Uid);
            _events.Record(set, "Warning", "FailedDelete", $"Error deleting: {results[i]!.Message}");
        }

        return results.FirstOrDefault(r => r is not null);
    }

    private static async Task<Exception?> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            return e;
        }
    }

    private ReplicaSetStatus ReplicaSetStatusOf(ReplicaSet set, List<Pod> pods, Exception? failure)
    {
        var now = _clock.GetUtcNow();
        var template = Selector.Of(set.Spec.Template.Metadata.Labels);
        return set.Status with
        {
            Replicas = pods.Count,
            FullyLabeledReplicas = pods.Count(p => template.Matches(p.Metadata.Labels)),
            ReadyReplicas = pods.Count(p => p.IsReady()),
            AvailableReplicas = pods.Count(p => p.IsAvailable(set.Spec.MinReadySeconds, now)),
            TerminatingReplicas = _pods.ByIndex(ByOwner, set.Metadata.Uid).Count(p => p.Metadata.DeletionTimestamp is not null && !p.IsTerminal()),
            Conditions = Conditions(set, pods.Count, failure, now),
        };
    }

    private static IReadOnlyList<ReplicaSetCondition> Conditions(ReplicaSet set, int count, Exception? failure, DateTimeOffset now)
    {
        const string Type = "ReplicaFailure";
        var existing = set.Status.Conditions.FirstOrDefault(c => c.Type == Type);
        if (failure is null)
            return existing is null ? set.Status.Conditions : [.. set.Status.Conditions.Where(c => c.Type != Type)];

        var reason = count < (set.Spec.Replicas ?? 1) ? "FailedCreate" : "FailedDelete";
        if (existing is { Status: "True" } && existing.Reason == reason)
            return set.Status.Conditions;

        return
        [
            .. set.Status.Conditions.Where(c => c.Type != Type),
            new() { Type = Type, Status = "True", Reason = reason, Message = failure.Message, LastTransitionTime = now },
        ];
    }

    /// <summary>A pod that is ready but not for long enough becomes available without any event.</summary>
    private Requeue NextAvailability(ReplicaSet set, List<Pod> pods)
    {
        var now = _clock.GetUtcNow();
        var next = pods.Select(p => p.AvailableAt(set.Spec.MinReadySeconds)).Where(t => t > now).Min();
        return next is { } time ? Requeue.After(time - now) : Requeue.Never;
    }
}
