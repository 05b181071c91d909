using System.Threading.Channels;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Lifecycle;
using KubeSharp.Kubelet.Statuses;
using KubeSharp.Kubelet.Volumes;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Pods;

/// <summary>Makes the runtime's state match one pod, until the pod is gone from the API and nothing of it is left.</summary>
/// <remarks>
/// Level-triggered: each step reads the runtime, decides, acts. Nothing is remembered that a new process could not do without.
/// One loop owns everything; the public members only leave word for it and may be called from any thread.
/// </remarks>
internal sealed partial class PodWorker : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(2);

    private readonly PodServices _services;
    private readonly Func<Pod, PodFailure?> _admit;
    private readonly TimeSpan _resync;
    private readonly ILogger _log;
    private readonly StatusWriter _writer;

    // One signal is as good as many: what it says is "look".
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private Pod _pod;
    private bool _isRemoved;
    private PodFailure? _failure;
    private TimeSpan? _failureGrace;
    private CancellationTokenSource? _step;
    private PodStatus? _status;
    private PodRuntimeState _state = PodRuntimeState.Empty;
    private int _failures;

    /// <param name="admit">Says why this node does not take the pod; null if it does. Asked once, before anything is done for it.</param>
    /// <param name="resync">How often to look although nothing happened: mounted ConfigMaps and Secrets stay current by it.</param>
    public PodWorker(Pod pod, PodServices services, Func<Pod, PodFailure?> admit, TimeSpan resync, ILogger log)
    {
        _pod = pod;
        Uid = pod.Metadata.Uid;
        _services = services;
        _admit = admit;
        _resync = resync;
        _log = log;
        _writer = new(services.Client, services.Clock, log);
        _writer.Observe(pod);
    }

    public string Uid { get; }

    /// <summary>The pod with the status last computed.</summary>
    public Pod Pod
    {
        get
        {
            lock (_gate)
                return _status is null ? _pod : _pod with { Status = _status };
        }
    }

    /// <summary>The runtime's state at the last look.</summary>
    public PodRuntimeState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>Whether the node has taken the pod: its requests and ports count.</summary>
    public bool IsAdmitted
    {
        get => _isAdmitted;
        set => _isAdmitted = value;
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>The API has a new version of the pod.</summary>
    public void Update(Pod pod)
    {
        _writer.Observe(pod);
        lock (_gate)
        {
            if (_isRemoved)
            {
                Returned = pod; // too late for this worker, which is taking the pod down
                return;
            }

            var old = _pod;
            _pod = pod;
            var isCutShort = pod.IsDeleted() && (!old.IsDeleted() || pod.Metadata.DeletionGracePeriodSeconds < old.Metadata.DeletionGracePeriodSeconds);
            if (isCutShort)
            {
                _killSince = null;
                _step?.Cancel(); // whatever the step waits for, an image or a long goodbye, is no longer wanted
            }

            if (isCutShort || Concerns(old, pod))
            {
                _retryAt.Clear();
                Wake();
            }
        }
    }

    /// <summary>The API no longer has the pod.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            if (_isRemoved)
                return;
            _isRemoved = true;
            _killSince = null;
            _step?.Cancel();
        }

        Wake();
    }

    /// <summary>The pod as it was seen again after its removal: the API had lost it for a while.</summary>
    public Pod? Returned { get; private set; }

    /// <summary>The node ends the pod.</summary>
    /// <param name="grace">Null: the pod's own.</param>
    public void Fail(PodFailure failure, TimeSpan? grace)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            _failureGrace = grace;
            _step?.Cancel();
        }

        Wake();
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken ct)
    {
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writer = _writer.RunAsync(writing.Token);
        using var alarm = _services.Clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var next = await StepAsync(ct);
                if (_isDone)
                    return;
                if (next == TimeSpan.Zero)
                    continue;

                alarm.Change(next, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(ct);
            }
        }
        finally
        {
            await writing.CancelAsync();
            await writer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await _services.Probes.StopAsync(Uid, new HashSet<string>());
        }
    }

    /// <returns>When to look again; zero: at once.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        using var step = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate)
            _step = step;
        try
        {
            var next = await SyncAsync(step.Token);
            _failures = 0;
            return next;
        }
        catch (OperationCanceledException) when (step.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return TimeSpan.Zero; // something more important came: look again
        }
        catch (VolumeException e)
        {
            _services.Events.Record(Pod, "Warning", e.Reason, e.Message);
            return Retry();
        }
        catch (StartException)
        {
            return Retry(); // its event is written
        }
        catch (Exception e) when (e is RuntimeException or ApiException or HttpRequestException or IOException)
        {
            if (_failures == 0)
                StepFailed(e, _pod.Metadata.Namespace, _pod.Metadata.Name);
            return Retry();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // A bug: the pod's worker is its boundary, other pods go on.
            StepBroke(e, _pod.Metadata.Namespace, _pod.Metadata.Name);
            return Retry();
        }
        finally
        {
            lock (_gate)
                _step = null;
        }
    }

    private TimeSpan Retry()
    {
        var delay = FirstRetry * Math.Pow(2, Math.Min(_failures++, 10));
        return delay < LastRetry ? delay : LastRetry;
    }

    /// <summary>Whether a new version says anything new to this worker; its own status coming back does not.</summary>
    private bool Concerns(Pod old, Pod pod) =>
        old.Metadata.Generation != pod.Metadata.Generation
        || (pod.Metadata.Generation == 0 && old.Spec != pod.Spec)
        || !Same(old.Metadata.Labels, pod.Metadata.Labels)
        || !Same(old.Metadata.Annotations, pod.Metadata.Annotations)
        || (_status is not null && pod.Status.Phase != _status.Phase)
        || (pod.Spec.ReadinessGates.Count > 0 && !old.Status.Conditions.SequenceEqual(pod.Status.Conditions));

    private static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(l => right.TryGetValue(l.Key, out var value) && value == l.Value);

    [LoggerMessage(1, LogLevel.Warning, "Pod {Namespace}/{Pod} could not be brought to its wanted state; trying again")]
    private partial void StepFailed(Exception e, string @namespace, string pod);

    [LoggerMessage(2, LogLevel.Error, "The worker of pod {Namespace}/{Pod} met an unexpected error")]
    private partial void StepBroke(Exception e, string @namespace, string pod);
}
