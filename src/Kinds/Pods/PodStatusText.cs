using System.Globalization;

namespace KubeSharp.Kinds.Pods;

/// <summary>The columns Ready, Status and Restarts of a pod: what its containers are doing, in a word.</summary>
internal sealed class PodStatusText
{
    private readonly Pod _pod;
    private int _ready;
    private int _total;
    private long _restarts;
    private DateTimeOffset? _lastRestart;

    public PodStatusText(Pod pod)
    {
        _pod = pod;
        _total = pod.Spec.Containers.Count + pod.Spec.InitContainers.Count(c => c.IsSidecar());
        Status = pod.Status.Reason.Length > 0 ? pod.Status.Reason : pod.Status.Phase;
        if (pod.Status.Conditions.Find("PodScheduled") is { Reason: "SchedulingGated" })
            Status = "SchedulingGated";

        var sidecarRestarts = Init(out var lastSidecarRestart, out var isInitializing);
        if (!isInitializing || pod.Status.Conditions.IsTrue("Initialized"))
        {
            (_restarts, _lastRestart) = (sidecarRestarts, lastSidecarRestart);
            Running();
        }

        if (pod.Metadata.DeletionTimestamp is not null)
            Status = pod.Status.Reason == "NodeLost" ? "Unknown" : pod.IsTerminal() ? Status : "Terminating";
    }

    public string Status { get; private set; }

    public string Ready => $"{_ready}/{_total}";

    /// <summary><c>3 (2m ago)</c>.</summary>
    public string Restarts(DateTimeOffset now)
    {
        var count = _restarts.ToString(CultureInfo.InvariantCulture);
        return _restarts > 0 && _lastRestart is { } last ? $"{count} ({Ages.Human(now - last)} ago)" : count;
    }

    /// <returns>The restarts of sidecars, which go on counting once initialization is over.</returns>
    private long Init(out DateTimeOffset? lastSidecarRestart, out bool isInitializing)
    {
        (lastSidecarRestart, isInitializing) = (null, false);
        var sidecarRestarts = 0L;
        for (var i = 0; i < _pod.Status.InitContainerStatuses.Count; i++)
        {
            var status = _pod.Status.InitContainerStatuses[i];
            var isSidecar = _pod.Spec.InitContainers.FirstOrDefault(c => c.Name == status.Name)?.IsSidecar() == true;
            Count(status);
            if (isSidecar)
            {
                sidecarRestarts += status.RestartCount;
                lastSidecarRestart = Later(lastSidecarRestart, status.LastState.Terminated?.FinishedAt);
            }

            if (status.State.Terminated is { ExitCode: 0 })
                continue;
            if (isSidecar && status.Started == true)
            {
                _ready += status.Ready ? 1 : 0;
                continue;
            }

            Status = "Init:" + status.State switch
            {
                { Terminated: { } end } => Reason(end),
                { Waiting.Reason: { Length: > 0 } reason } when reason != "PodInitializing" => reason,
                _ => $"{i}/{_pod.Spec.InitContainers.Count}",
            };
            isInitializing = true;
            break;
        }

        return sidecarRestarts;
    }

    /// <summary>The first container that has something to say gives the word.</summary>
    private void Running()
    {
        var isOneRunning = false;
        foreach (var status in _pod.Status.ContainerStatuses.Reverse())
        {
            Count(status);
            switch (status.State)
            {
                case { Waiting.Reason: { Length: > 0 } reason }:
                    Status = reason;
                    break;
                case { Terminated: { } end }:
                    Status = Reason(end);
                    break;
                case { Running: not null } when status.Ready:
                    isOneRunning = true;
                    _ready++;
                    break;
                default:
                    break;
            }
        }

        if (Status == "Completed" && isOneRunning)
            Status = _pod.IsReady() ? "Running" : "NotReady";
    }

    private void Count(ContainerStatus status)
    {
        _restarts += status.RestartCount;
        _lastRestart = Later(_lastRestart, status.LastState.Terminated?.FinishedAt);
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;

    private static string Reason(ContainerStateTerminated end) => end switch
    {
        { Reason.Length: > 0 } => end.Reason,
        { Signal: not 0 } => $"Signal:{end.Signal}",
        _ => $"ExitCode:{end.ExitCode}",
    };
}
