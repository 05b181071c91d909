using KubeSharp.Client;
using KubeSharp.Kubelet.Pods;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Probes;

/// <summary>One loop for every probe of every running container; it ends with the container's life.</summary>
/// <remarks>Thread-safe. Whoever calls <see cref="Ensure"/> for a container must in the end call <see cref="StopAsync"/> for it.</remarks>
internal sealed partial class ProbeLoops(
    IProber prober, ProbeResults results, Action<string> wake, IEventRecorder events, TimeProvider clock, Random random, ILogger<ProbeLoops> log)
{
    /// <summary>A probe that cannot be made is made again at once, this often.</summary>
    private const int Tries = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Probed> _containers = [];

    /// <summary>Starts the container's probes if they do not run yet.</summary>
    public void Ensure(ProbeTarget target)
    {
        if (target.Container is { StartupProbe: null, LivenessProbe: null, ReadinessProbe: null })
            return;

        lock (_gate)
        {
            if (_containers.ContainsKey(target.ContainerId))
                return;

            var probed = new Probed(target.Pod.Metadata.Uid);
            _containers.Add(target.ContainerId, probed);
            var hasStarted = results.Verdict(target.ContainerId, ProbeKind.Startup) == true;
            if (hasStarted)
                probed.Started.SetResult();
            foreach (var kind in Enum.GetValues<ProbeKind>())
            {
                if (target.ProbeOf(kind) is { } probe && !(kind == ProbeKind.Startup && hasStarted))
                    probed.Loops.Add(RunAsync(target, probe, kind, probed, kind == ProbeKind.Readiness ? probed.All.Token : probed.Judging.Token));
            }
        }
    }

    /// <summary>The pod ends: its containers are no longer judged, only their readiness is.</summary>
    public void StopJudging(string podUid)
    {
        lock (_gate)
        {
            foreach (var probed in _containers.Values.Where(p => p.PodUid == podUid))
                probed.Judging.Cancel();
        }
    }

    /// <summary>Ends the loops of the pod's containers that no longer run, and forgets their verdicts.</summary>
    public async Task StopAsync(string podUid, IReadOnlySet<string> stillRunning)
    {
        List<KeyValuePair<string, Probed>> gone;
        lock (_gate)
        {
            gone = [.. _containers.Where(c => c.Value.PodUid == podUid && !stillRunning.Contains(c.Key))];
            foreach (var (id, _) in gone)
                _containers.Remove(id);
        }

        foreach (var (id, probed) in gone)
        {
            await probed.All.CancelAsync();
            await Task.WhenAll(probed.Loops);
            probed.Dispose();
            results.Forget(id);
        }
    }

    private async Task RunAsync(ProbeTarget target, Probe probe, ProbeKind kind, Probed probed, CancellationToken ct)
    {
        try
        {
            await Task.Yield(); // the caller holds the lock
            await WaitForTurnAsync(target, probe, kind, probed, ct);
            var tally = default(ProbeTally);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds)), clock);
            do
            {
                var outcome = await TryAsync(target, probe, ct);
                Report(target, kind, outcome);
                (tally, var verdict) = tally.Add(outcome.IsSuccess, probe);
                if (verdict is not { } known)
                    continue;

                var isNews = results.Set(target.ContainerId, kind, known);
                if (kind == ProbeKind.Startup && known)
                    probed.Started.TrySetResult();
                if (isNews)
                    wake(probed.PodUid);

                // A started container needs no more asking; one that failed for good is about to end.
                if ((kind == ProbeKind.Startup && known) || (kind != ProbeKind.Readiness && !known))
                    return;
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The container's life is over, or nobody judges it any more.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LoopDied(e, kind, target.Pod.Metadata.Namespace, target.Pod.Metadata.Name, target.Container.Name);
        }
    }

    private async Task WaitForTurnAsync(ProbeTarget target, Probe probe, ProbeKind kind, Probed probed, CancellationToken ct)
    {
        if (kind != ProbeKind.Startup && target.Container.StartupProbe is not null)
            await probed.Started.Task.WaitAsync(ct);

        var initial = TimeSpan.FromSeconds(probe.InitialDelaySeconds);
        var wait = target.StartedAt + initial - clock.GetUtcNow();
        if (wait > initial)
            wait = initial; // the clock has been set back
        if (target.IsAdopted)
        {
            double part;
            lock (_gate)
                part = random.NextDouble();
            var spread = TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds) * part);
            wait = wait > spread ? wait : spread;
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, ct);
    }

    private async Task<ProbeOutcome> TryAsync(ProbeTarget target, Probe probe, CancellationToken ct)
    {
        var outcome = default(ProbeOutcome);
        for (var i = 0; i < Tries; i++)
        {
            outcome = await prober.ProbeAsync(target, probe, ct);
            if (outcome.Result != ProbeResult.Error)
                break;
        }

        return outcome;
    }

    private void Report(ProbeTarget target, ProbeKind kind, ProbeOutcome outcome)
    {
        if (outcome.Result == ProbeResult.Success)
            return;

        var (reason, message) = outcome.Result switch
        {
            ProbeResult.Warning => ("ProbeWarning", $"{kind} probe warning: {outcome.Output}"),
            ProbeResult.Error => ("Unhealthy", $"{kind} probe errored and resulted in failure state: {outcome.Output}"),
            _ => ("Unhealthy", $"{kind} probe failed: {outcome.Output}"),
        };
        events.Record(target.Pod, "Warning", reason, message, PodContainers.FieldPath(target.ContainerKind, target.Container.Name));
    }

    [LoggerMessage(1, LogLevel.Error, "The {Kind} probe of container {Container} of pod {Namespace}/{Pod} ended by an unexpected error")]
    private partial void LoopDied(Exception e, ProbeKind kind, string @namespace, string pod, string container);

    /// <summary>The loops of one life of a container.</summary>
    private sealed class Probed : IDisposable
    {
        public Probed(string podUid)
        {
            PodUid = podUid;
            Judging = CancellationTokenSource.CreateLinkedTokenSource(All.Token);
        }

        public string PodUid { get; }

        public CancellationTokenSource All { get; } = new();

        /// <summary>Startup and liveness, which end earlier when the pod is on its way out.</summary>
        public CancellationTokenSource Judging { get; }

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<Task> Loops { get; } = [];

        public void Dispose()
        {
            Judging.Dispose();
            All.Dispose();
        }
    }
}
