using KubeSharp.Kubelet.Statuses;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Pods;

/// <summary>The workers of this node's pods: one a pod, as long as there is anything of it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PodWorkers(PodServices services, Admission admission, Random random, ILogger<PodWorker> log)
{
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (PodWorker Worker, Task Run)> _workers = [];
    private CancellationToken _stopping;

    public int Count
    {
        get
        {
            lock (_gate)
                return _workers.Count;
        }
    }

    public IReadOnlyList<PodWorker> All
    {
        get
        {
            lock (_gate)
                return [.. _workers.Values.Select(w => w.Worker)];
        }
    }

    /// <summary>Workers made from now on end with <paramref name="stopping"/>.</summary>
    public void Open(CancellationToken stopping) => _stopping = stopping;

    public PodWorker? Find(string uid)
    {
        lock (_gate)
            return _workers.TryGetValue(uid, out var w) ? w.Worker : null;
    }

    public void Update(Pod pod)
    {
        PodWorker? worker;
        lock (_gate)
        {
            if (!_workers.TryGetValue(pod.Metadata.Uid, out var known))
            {
                // Spread, so that pods that came together do not look together ever after.
                worker = new PodWorker(pod, services, Admit, Resync + (Resync * (random.NextDouble() / 2)), log);
                _workers.Add(worker.Uid, (worker, RunAsync(worker)));
                return;
            }

            worker = known.Worker;
        }

        worker.Update(pod);
    }

    /// <summary>Waits for the end of all workers; call it when the token of <see cref="Open"/> is cancelled.</summary>
    public async Task WaitAsync()
    {
        Task[] runs;
        lock (_gate)
            runs = [.. _workers.Values.Select(w => w.Run)];
        await Task.WhenAll(runs);
    }

    private async Task RunAsync(PodWorker worker)
    {
        await Task.Yield(); // the informer's loop goes on
        try
        {
            await worker.RunAsync(_stopping);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            worker.Dispose();
        }

        lock (_gate)
            _workers.Remove(worker.Uid);
        if (worker.Returned is { } pod)
            Update(pod);
    }

    /// <summary>One at a time: two pods must not both get the last of a resource.</summary>
    private PodFailure? Admit(Pod pod)
    {
        lock (_gate)
        {
            var others = _workers.Values.Select(w => w.Worker).Where(w => w.Uid != pod.Metadata.Uid && w.IsAdmitted).Select(w => w.Pod).Where(p => !p.IsFinished()).ToList();
            var failure = admission.Check(pod, others);
            if (failure is null)
                _workers[pod.Metadata.Uid].Worker.IsAdmitted = true;
            return failure;
        }
    }
}
