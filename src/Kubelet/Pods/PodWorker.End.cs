using KubeSharp.Kubelet.Lifecycle;

namespace KubeSharp.Kubelet.Pods;

/// <content>The pod ends: deleted, finished, failed or gone from the API.</content>
internal sealed partial class PodWorker
{
    private static readonly HashSet<string> None = [];

    private long? _killSince; // a timestamp: the wall clock may jump
    private bool _hasKilled;
    private bool _isDone;

    private async Task<TimeSpan> EndAsync(CancellationToken ct)
    {
        _services.Probes.StopJudging(Uid);
        await StopContainersAsync(ct);
        foreach (var sandbox in _state.Sandboxes.Where(s => s.IsReady))
            await _services.Runtime.StopSandboxAsync(sandbox.Id, ct);
        await _services.Probes.StopAsync(Uid, None);
        await ReadAsync(ct);

        var (pod, isRemoved, _) = Snapshot();
        if (!_isRejected && !isRemoved)
            Publish(pod, isEnding: true);

        await _services.Volumes.UnmountAsync(Uid, ct);
        await _services.Cgroups.RemoveAsync(Uid, ct);
        if (isRemoved)
        {
            await RemoveRemainsAsync(pod, ct);
            _isDone = true;
            return TimeSpan.Zero;
        }

        if (!pod.IsDeleted())
            return Timeout.InfiniteTimeSpan;

        // The last word first, then the pod: whoever waits for its containers' results must find them.
        await _writer.FlushAsync(ct);
        await _writer.DeleteAsync(ct);
        return _resync;
    }

    private async Task StopContainersAsync(CancellationToken ct)
    {
        while (_state.Running.Any() || _state.Containers.Any(c => c.State == InstanceState.Unknown))
        {
            var (pod, isRemoved, failure) = Snapshot();
            TimeSpan left;
            KillStage stage;
            lock (_gate)
            {
                _killSince ??= _services.Clock.GetTimestamp();

                // Removed without a goodbye: somebody wants it gone now.
                var grace = isRemoved && failure is null ? TimeSpan.Zero : _failureGrace ?? ContainerKiller.GraceOf(pod);
                left = grace - _services.Clock.GetElapsedTime(_killSince.Value);
                stage = _hasKilled ? KillStage.Again : KillStage.First;
                _hasKilled = true;
            }

            await _services.Killer.KillAllAsync(pod, _state, stage, left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
            await ReadAsync(ct);
            if (_state.Containers.All(c => c.State != InstanceState.Running))
                return; // one in an unknown state goes with its sandbox
        }
    }

    private async Task RemoveRemainsAsync(Pod pod, CancellationToken ct)
    {
        foreach (var sandbox in _state.Sandboxes)
            await _services.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
        foreach (var container in _state.Containers)
            await _services.Runtime.RemoveContainerAsync(container.Id, ct);
        DeadContainers.RemoveLogs(pod, _services.Facts);
    }
}
