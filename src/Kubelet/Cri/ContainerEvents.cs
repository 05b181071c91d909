using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Cri;

/// <summary>Turns the runtime's lists of sandboxes and containers into the events that wake pod workers.</summary>
/// <remarks>
/// Lists once a second, as upstream's relisting does, and only while <paramref name="isNeeded"/> says that there are pods: an
/// idle node asks nothing. CRI's own event stream came with containerd 1.7 and covers no more than this.
/// A container that starts and vanishes between two lists is never seen: the pod's next sync repairs that.
/// </remarks>
internal sealed partial class ContainerEvents(
    IRuntime runtime, Func<bool> isNeeded, TimeProvider clock, ILogger<ContainerEvents> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _lastSuccess;

    /// <summary>When a list last succeeded; a node whose runtime has not answered for three minutes is not healthy.</summary>
    public DateTimeOffset LastSuccess => new(Interlocked.Read(ref _lastSuccess), TimeSpan.Zero);

    public async IAsyncEnumerable<ContainerEvent> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<Seen> before = [];
        var isFailing = false;
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            if (before.Count == 0 && !isNeeded())
            {
                Interlocked.Exchange(ref _lastSuccess, clock.GetUtcNow().Ticks);
                continue;
            }

            IReadOnlyList<Seen> now;
            try
            {
                now = await ListAsync(ct);
                isFailing = false;
            }
            catch (RuntimeException e)
            {
                if (!isFailing)
                    ListFailed(e);
                isFailing = true;
                continue; // keep 'before', so what changed meanwhile is still reported next time
            }

            Interlocked.Exchange(ref _lastSuccess, clock.GetUtcNow().Ticks);
            foreach (var change in Diff(before, now))
                yield return change;
            before = now;
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>The decision, apart from the loop, so a test can state it as a table.</summary>
    internal static IEnumerable<ContainerEvent> Diff(IReadOnlyList<Seen> before, IReadOnlyList<Seen> now)
    {
        var old = before.ToDictionary(c => c.Id);
        foreach (var c in now)
        {
            var was = old.Remove(c.Id, out var o) ? o.State : (ContainerState?)null;
            if (c.State == was)
                continue;
            if (c.State == ContainerState.ContainerRunning)
                yield return new(ContainerChange.Started, c.PodUid, c.Id);
            else if (c.State is ContainerState.ContainerExited or ContainerState.ContainerUnknown)
                yield return new(ContainerChange.Died, c.PodUid, c.Id);
        }

        foreach (var gone in old.Values)
        {
            if (gone.State == ContainerState.ContainerRunning)
                yield return new(ContainerChange.Died, gone.PodUid, gone.Id);
            yield return new(ContainerChange.Removed, gone.PodUid, gone.Id);
        }
    }

    private async Task<IReadOnlyList<Seen>> ListAsync(CancellationToken ct)
    {
        var sandboxes = await runtime.ListSandboxesAsync(new(), ct);
        var containers = await runtime.ListContainersAsync(new(), ct);
        return
        [
            .. sandboxes.Select(s => new Seen(s.Id, s.Metadata?.Uid ?? "", StateOf(s.State))),
            .. containers.Select(c => new Seen(c.Id, c.Labels.TryGetValue(CriLabels.PodUid, out var uid) ? uid : "", c.State)),
        ];
    }

    /// <summary>A sandbox lives and dies like a container, so one rule serves both.</summary>
    private static ContainerState StateOf(PodSandboxState state) =>
        state == PodSandboxState.SandboxReady ? ContainerState.ContainerRunning : ContainerState.ContainerExited;

    internal readonly record struct Seen(string Id, string PodUid, ContainerState State);

    [LoggerMessage(1, LogLevel.Warning, "Listing containers failed; trying again each second until it succeeds")]
    private partial void ListFailed(Exception e);
}
