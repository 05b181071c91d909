using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Probes;
using KubeSharp.Kubelet.Statuses;
using KubeSharp.Kubelet.Volumes;

namespace KubeSharp.Kubelet.Pods;

/// <content>The pod lives.</content>
internal sealed partial class PodWorker
{
    /// <summary>When a container whose image or configuration is missing is tried again.</summary>
    private static readonly TimeSpan StartRetry = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, RestartBackOff> _backOff = [];
    private readonly Dictionary<string, ContainerStateWaiting> _waiting = [];
    private readonly Dictionary<string, TimeSpan> _retryAt = []; // by Steady
    private readonly HashSet<string> _reportedBackOff = [];
    private HashSet<string>? _adopted;
    private string? _cgroupParent;
    private IReadOnlyDictionary<string, string>? _volumes;
    private volatile bool _isAdmitted;
    private bool _isRejected;

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <summary>For what is counted here and now: it does not jump as the wall clock may.</summary>
    private TimeSpan Steady => _services.Clock.GetElapsedTime(0);

    private async Task<TimeSpan> SyncAsync(CancellationToken ct)
    {
        var state = await ReadAsync(ct);
        if (_adopted is null)
            Adopt(state);

        var (pod, isRemoved, failure) = Snapshot();
        if (!_isAdmitted && !isRemoved && !pod.IsDeleted() && failure is null && !pod.IsFinished())
            failure = Admit(pod);
        failure ??= DeadlineOf(pod);
        if (isRemoved || pod.IsDeleted() || failure is not null || pod.IsFinished())
            return await EndAsync(ct);

        var plan = Hold(PodPlanner.Plan(new(pod, state, _services.Verdicts.Verdict, name => _backOff.TryGetValue(name, out var b) ? b : null, Now)));
        ReportWaits(pod, plan);
        var isOver = plan is { KillsPod: true, CreatesSandbox: false };
        var status = Publish(pod, isEnding: isOver);
        if (isOver || status.Phase is "Succeeded" or "Failed")
            return await EndAsync(ct);

        await WatchProbesAsync(pod, state);
        await MountAsync(pod, ct);

        // Also for a pod that an earlier process started: how much CPU its class gets is the sum over the pods that have been ensured.
        _cgroupParent ??= _services.Cgroups.Ensure(pod);
        if (plan.IsNothing)
        {
            await CollectDeadAsync(pod, state, ct);
            return NextLook(pod, plan);
        }

        await ExecuteAsync(pod, plan, state, _cgroupParent, ct);
        return TimeSpan.Zero;
    }

    private async Task<PodRuntimeState> ReadAsync(CancellationToken ct)
    {
        var state = await _services.Reader.ReadAsync(Uid, _state, ct);
        lock (_gate)
            _state = state;
        return state;
    }

    private (Pod Pod, bool IsRemoved, PodFailure? Failure) Snapshot()
    {
        lock (_gate)
            return (_pod, _isRemoved, _failure);
    }

    /// <summary>What ran before this process did is taken over as it is, with what the API knows of its probes.</summary>
    private void Adopt(PodRuntimeState state)
    {
        _adopted = [.. state.Running.Select(c => c.Id)];
        var statuses = _pod.Status.InitContainerStatuses.Concat(_pod.Status.ContainerStatuses);
        foreach (var status in statuses)
        {
            var id = status.ContainerID[(status.ContainerID.IndexOf("://", StringComparison.Ordinal) is var at && at < 0 ? 0 : at + 3)..];
            if (!_adopted.Contains(id))
                continue;
            if (status.Started == true)
                _services.Verdicts.Set(id, ProbeKind.Startup, true);
            _services.Verdicts.Set(id, ProbeKind.Readiness, status.Ready);
        }

        if (!state.IsEmpty || _pod.Status.StartTime is not null)
            _isAdmitted = true; // it was taken before, and stays
    }

    private PodFailure? Admit(Pod pod)
    {
        if (_admit(pod) is not { } failure)
        {
            _isAdmitted = true;
            return null;
        }

        _services.Events.Record(pod, "Warning", failure.Reason, failure.Message);
        var status = PodStatusBuilder.Rejected(pod, failure, Now);
        lock (_gate)
        {
            _failure = failure;
            _status = status;
        }

        _isRejected = true;
        _writer.Set(status);
        return failure;
    }

    private PodFailure? DeadlineOf(Pod pod)
    {
        if (DeadlineAt(pod) is not { } deadline || Now < deadline)
            return null;

        var failure = new PodFailure("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
        _services.Events.Record(pod, "Normal", failure.Reason, failure.Message);
        lock (_gate)
            _failure = failure;
        return failure;
    }

    private DateTimeOffset? DeadlineAt(Pod pod) =>
        pod.Spec.ActiveDeadlineSeconds is { } seconds && (_status ?? pod.Status).StartTime is { } start ? start.AddSeconds(seconds) : null;

    /// <summary>Takes out the starts that failed a moment ago.</summary>
    private PodPlan Hold(PodPlan plan)
    {
        lock (_gate)
        {
            // What is past must go: the next look is timed by what is left.
            var now = Steady;
            foreach (var (name, at) in _retryAt)
            {
                if (at <= now)
                    _retryAt.Remove(name);
            }

            return _retryAt.Count == 0 || plan.CreatesSandbox
                ? plan
                : plan with { Starts = [.. plan.Starts.Where(s => !_retryAt.ContainsKey(s.Container.Name))] };
        }
    }

    private void ReportWaits(Pod pod, PodPlan plan)
    {
        foreach (var wait in plan.Waits)
        {
            var name = wait.Start.Container.Name;
            _waiting[name] = new()
            {
                Reason = "CrashLoopBackOff",
                Message = $"back-off {RestartBackOff.Text(wait.Delay)} restarting failed container={name} pod={pod.FullName()}",
            };
            if (wait.Start.Ended is { } ended && _reportedBackOff.Add(ended.Id))
                _services.Events.Record(pod, "Warning", "BackOff", $"Back-off restarting failed container {name} in pod {pod.FullName()}", PodContainers.FieldPath(wait.Start.Kind, name));
        }
    }

    /// <exception cref="VolumeException">The pod's volumes never were there: it waits.</exception>
    private async Task MountAsync(Pod pod, CancellationToken ct)
    {
        try
        {
            _volumes = await _services.Volumes.MountAsync(pod, ct);
        }
        catch (VolumeException e) when (_volumes is not null)
        {
            // Their content cannot be renewed (its ConfigMap was deleted, say), but the pod has them and goes on with them.
            _services.Events.Record(pod, "Warning", e.Reason, e.Message);
        }
    }

    private PodStatus Publish(Pod pod, bool isEnding)
    {
        var status = PodStatusBuilder.Build(new()
        {
            Pod = pod,
            Facts = _services.Facts,
            Before = Before(pod),
            State = _state,
            Verdict = _services.Verdicts.Verdict,
            Waiting = _waiting,
            Failure = isEnding ? Snapshot().Failure : null,
            IsEnding = isEnding,
            Now = Now,
        });
        lock (_gate)
            _status = status;
        _writer.Set(status);
        return status;
    }

    /// <summary>Our own last status with what others have written since.</summary>
    private PodStatus Before(Pod pod)
    {
        if (_status is null)
            return pod.Status;

        var own = _status.Conditions.Where(c => StatusConditions.IsOwn(c.Type));
        return _status with
        {
            Conditions = [.. own, .. pod.Status.Conditions.Where(c => !StatusConditions.IsOwn(c.Type))],
            NominatedNodeName = pod.Status.NominatedNodeName,
            ResourceClaimStatuses = pod.Status.ResourceClaimStatuses,
        };
    }

    private async Task WatchProbesAsync(Pod pod, PodRuntimeState state)
    {
        foreach (var instance in state.Running)
        {
            if (pod.FindContainer(instance.Name) is { } found)
                EnsureProbes(pod, found.Container, found.Kind, instance.Id, instance.StartedAt ?? instance.CreatedAt, state.ReadySandbox);
        }

        await _services.Probes.StopAsync(Uid, state.Running.Select(c => c.Id).ToHashSet());
    }

    private void EnsureProbes(Pod pod, Objects.CoreV1.Container container, ContainerKind kind, string id, DateTimeOffset startedAt, SandboxInstance? sandbox)
    {
        if (kind is ContainerKind.Init or ContainerKind.Ephemeral)
            return;

        var ip = IpsOf(pod, sandbox) is [var first, ..] ? first : "";
        _services.Probes.Ensure(new(pod, container, kind, id, startedAt, ip, IsAdopted: _adopted!.Contains(id)));
    }

    private IReadOnlyList<string> IpsOf(Pod pod, SandboxInstance? sandbox) => pod.Spec.HostNetwork ? _services.Facts.HostIps : sandbox?.Ips ?? [];

    private TimeSpan NextLook(Pod pod, PodPlan plan)
    {
        var next = _resync;
        var (now, steady) = (Now, Steady);
        foreach (var wait in plan.Waits)
            next = Sooner(next, wait.Until - now);
        lock (_gate)
        {
            foreach (var at in _retryAt.Values)
                next = Sooner(next, at - steady);
        }

        return DeadlineAt(pod) is { } deadline ? Sooner(next, deadline - now) : next;
    }

    private static TimeSpan Sooner(TimeSpan next, TimeSpan other)
    {
        // Never zero: a moment that has just passed is looked at a tick later, not in a spin.
        var least = TimeSpan.FromMilliseconds(1);
        return other < next ? (other > least ? other : least) : next;
    }
}
