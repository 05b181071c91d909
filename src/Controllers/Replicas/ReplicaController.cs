using KubeSharp.Controllers.Pods;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Controllers.Replicas;

/// <summary>Keeps as many pods as a ReplicaSet, or a ReplicationController, wants.</summary>
internal sealed class ReplicaController<T> : IController, IReconciler
    where T : class, IObject<T>
{
    /// <summary>At most so many pods in one go; the rest follows when these have arrived.</summary>
    private const int Burst = 500;
    private const string ByOwner = "controller-uid";

    private readonly IReplicaKind<T> _kind;
    private readonly IClient _client;
    private readonly IEventRecorder _events;
    private readonly TimeProvider _clock;
    private readonly Expectations _expectations;
    private IInformer<T> _owners = null!; // set by Watch, before the loop runs
    private IInformer<Pod> _pods = null!;

    public ReplicaController(IReplicaKind<T> kind, IClient client, IEventRecorder events, TimeProvider clock)
    {
        (_kind, _client, _events, _clock) = (kind, client, events, clock);
        _expectations = new(clock);
    }

    public string Name => _kind.ControllerName;

    public IReconciler Reconciler => this;

    public int Workers => 5;

    public void Watch(IInformers informers, IWorkQueue queue)
    {
        _owners = informers.For<T>();
        _pods = informers.For<Pod>();
        _pods.AddIndex(ByOwner, static p => p.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        _owners.Subscribe((old, now) =>
        {
            if (now is null)
                _expectations.Forget(ObjectKey.Of(old!));
            queue.Add(ObjectKey.Of((now ?? old)!));
        });
        _pods.Subscribe((old, now) => PodChanged(old, now, queue));
    }

    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_owners.Find(key) is not { } owner)
            return Requeue.Never;

        var wish = _kind.WishOf(owner);
        var isReady = _expectations.AreMet(key);
        var claimed = await Ownership.ClaimAsync(
            _client, owner, wish.Selector, _pods.ByIndex(ByOwner, owner.Metadata.Uid), _pods.List(owner.Metadata.Namespace).Where(p => p.IsActive()), ct);
        var pods = claimed.Where(p => p.IsActive()).ToList();
        Exception? failure = null;
        if (isReady && owner.Metadata.DeletionTimestamp is null)
            failure = await ScaleAsync(owner, wish, pods, ct);

        var updated = _kind.With(owner, StatusOf(owner, wish, pods, failure));
        if (!updated.Equals(owner))
            await _client.UpdateStatusAsync(updated, ct);
        if (failure is not null)
            throw failure;

        return NextAvailability(wish, pods);
    }

    private void PodChanged(Pod? old, Pod? now, IWorkQueue queue)
    {
        var pod = (now ?? old)!;
        if (now is not null && old?.Metadata.Controller() is { } former && former.Kind == T.Type.Kind && former.Uid != now.Metadata.Controller()?.Uid)
            queue.Add(new(pod.Metadata.Namespace, former.Name)); // let go by somebody else: its place is empty
        if (pod.Metadata.Controller() is { } owner)
        {
            if (owner.Kind != T.Type.Kind)
                return;

            var key = new ObjectKey(pod.Metadata.Namespace, owner.Name);
            if (old is null)
                _expectations.Created(key);
            if (now is null || now.Metadata.DeletionTimestamp is not null)
                _expectations.Deleted(key, pod.Metadata.Uid);
            queue.Add(key);
        }
        else if (now is not null)
        {
            // An orphan: whoever selects it may want to adopt it.
            foreach (var candidate in _owners.List(pod.Metadata.Namespace).Where(o => _kind.WishOf(o).Selector.Matches(pod.Metadata.Labels)))
                queue.Add(ObjectKey.Of(candidate));
        }
    }

    /// <returns>The first failure; what could be done is done.</returns>
    private async Task<Exception?> ScaleAsync(T owner, ReplicaWish wish, List<Pod> pods, CancellationToken ct)
    {
        var difference = pods.Count - wish.Replicas;
        return difference switch
        {
            < 0 => await CreateAsync(owner, wish.Template, Math.Min(-difference, Burst), ct),
            > 0 => await DeleteAsync(owner, pods, Math.Min(difference, Burst), ct),
            _ => null,
        };
    }

    /// <summary>In batches that double: if the first creation is refused (a quota), five hundred refusals do not follow.</summary>
    private async Task<Exception?> CreateAsync(T owner, PodTemplateSpec template, int count, CancellationToken ct)
    {
        if (!await Ownership.StaysAsync(_client, owner, ct))
            return null;

        var key = ObjectKey.Of(owner);
        _expectations.Expect(key, count, []);
        var made = template.ToPod(owner.Metadata.Name, owner.Metadata.Namespace, owner.ControllerReference());
        Exception? failure = null;
        var done = 0;
        for (var batch = 1; done < count && failure is null; batch *= 2)
        {
            var size = Math.Min(batch, count - done);
            var results = await Task.WhenAll(Enumerable.Range(0, size).Select(_ => TryAsync(async () =>
            {
                var pod = await _client.CreateAsync(made, ct);
                _events.Record(owner, "Normal", "SuccessfulCreate", $"Created pod: {pod.Metadata.Name}");
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
            _events.Record(owner, "Warning", "FailedCreate", $"Error creating: {failure.Message}");
        return failure;
    }

    private async Task<Exception?> DeleteAsync(T owner, List<Pod> pods, int count, CancellationToken ct)
    {
        var key = ObjectKey.Of(owner);
        var siblings = owner.Metadata.Controller() is { } above
            ? _owners.List(owner.Metadata.Namespace).Where(o => o.Metadata.Controller()?.Uid == above.Uid).SelectMany(o => _pods.ByIndex(ByOwner, o.Metadata.Uid)).ToList()
            : pods;
        var victims = PodRanking.FirstToGo(pods, siblings, _clock.GetUtcNow()).Take(count).ToList();
        _expectations.Expect(key, 0, victims.Select(p => p.Metadata.Uid));
        var results = await Task.WhenAll(victims.Select(pod => TryAsync(async () =>
        {
            if (await _client.DeleteAsync<Pod>(ObjectKey.Of(pod), new(Uid: pod.Metadata.Uid), ct))
                _events.Record(owner, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            else
                _expectations.Deleted(key, pod.Metadata.Uid);
        })));
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is null)
                continue;

            _expectations.Deleted(key, victims[i].Metadata.Uid);
            _events.Record(owner, "Warning", "FailedDelete", $"Error deleting: {results[i]!.Message}");
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

    private ReplicaSetStatus StatusOf(T owner, ReplicaWish wish, List<Pod> pods, Exception? failure)
    {
        var now = _clock.GetUtcNow();
        var template = Selector.Of(wish.Template.Metadata.Labels);
        var status = _kind.StatusOf(owner);
        return status with
        {
            Replicas = pods.Count,
            FullyLabeledReplicas = pods.Count(p => template.Matches(p.Metadata.Labels)),
            ReadyReplicas = pods.Count(p => p.IsReady()),
            AvailableReplicas = pods.Count(p => p.IsAvailable(wish.MinReadySeconds, now)),
            TerminatingReplicas = _pods.ByIndex(ByOwner, owner.Metadata.Uid).Count(p => p.Metadata.DeletionTimestamp is not null && !p.IsTerminal()),
            ObservedGeneration = owner.Metadata.Generation,
            Conditions = Conditions(status.Conditions, pods.Count < wish.Replicas ? "FailedCreate" : "FailedDelete", failure, now),
        };
    }

    private static IReadOnlyList<ReplicaSetCondition> Conditions(IReadOnlyList<ReplicaSetCondition> before, string reason, Exception? failure, DateTimeOffset now)
    {
        const string Type = "ReplicaFailure";
        var existing = before.FirstOrDefault(c => c.Type == Type);
        if (failure is null)
            return existing is null ? before : [.. before.Where(c => c.Type != Type)];
        if (existing is { Status: "True" } && existing.Reason == reason)
            return before;

        return
        [
            .. before.Where(c => c.Type != Type),
            new() { Type = Type, Status = "True", Reason = reason, Message = failure.Message, LastTransitionTime = now },
        ];
    }

    /// <summary>A pod that is ready but not for long enough becomes available without any event.</summary>
    private Requeue NextAvailability(ReplicaWish wish, List<Pod> pods)
    {
        var now = _clock.GetUtcNow();
        var next = pods.Select(p => p.AvailableAt(wish.MinReadySeconds)).Where(t => t > now).Min();
        return next is { } time ? Requeue.After(time - now) : Requeue.Never;
    }
}
