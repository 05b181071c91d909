using KubeSharp.Client.Caching;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Loops;

/// <summary>Runs controllers: the queue, the workers and the treatment of failures, written once for all of them.</summary>
/// <param name="random">Must be safe to share, as <see cref="Random.Shared"/> is.</param>
public sealed partial class ControllerLoop(TimeProvider clock, Random random, ILoggerFactory logs)
{
    /// <summary>A cache that has not heard of a creation or deletion after so many tries is worth a line.</summary>
    private const int Surprising = 5;

    /// <summary>Lets the controller subscribe, waits for the caches it uses, then reconciles until cancelled.</summary>
    /// <param name="informers">
    /// A <see cref="UsedInformers"/> that the controller's constructor was given too, if it takes listers there: all those are waited for.
    /// </param>
    public async Task RunAsync(IController controller, IInformers informers, CancellationToken ct)
    {
        var log = logs.CreateLogger(controller.Name);
        using var queue = new WorkQueue(clock, random, controller.Name);
        var used = informers as UsedInformers ?? new UsedInformers(informers);
        controller.Watch(used, queue);
        await used.WaitForSyncAsync(ct);
        await Task.WhenAll(Enumerable.Range(0, controller.Workers).Select(_ => WorkAsync(controller.Reconciler, queue, log, ct)));
    }

    private static async Task WorkAsync(IReconciler reconciler, WorkQueue queue, ILogger log, CancellationToken ct)
    {
        await Task.Yield(); // workers start side by side, whatever the first key costs
        while (true)
        {
            var key = await queue.TakeAsync(ct);
            try
            {
                await ReconcileAsync(reconciler, queue, key, log, ct);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    /// <summary>The boundary of one reconciliation: whatever it throws is logged here, and the key comes back.</summary>
    private static async Task ReconcileAsync(IReconciler reconciler, WorkQueue queue, ObjectKey key, ILogger log, CancellationToken ct)
    {
        try
        {
            var requeue = await reconciler.ReconcileAsync(key, ct);
            queue.Forget(key);
            if (requeue.Delay is { } delay)
                queue.AddAfter(key, delay);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            var failures = queue.AddFailed(key);
            if (IsEveryday(e, failures))
                Retries(log, key, e.Message);
            else if (e is ApiException or HttpRequestException or IOException)
                Refused(log, key, failures, e.Message);
            else
                Failed(log, e, key, failures);
        }
    }

    /// <summary>Another writer was first, be it with a deletion: the cache will catch up.</summary>
    private static bool IsEveryday(Exception e, int failures) =>
        e is ApiException { IsConflict: true } or ApiException { IsNamespaceTerminating: true }
        || (e is ApiException { IsNotFound: true } or ApiException { IsAlreadyExists: true } && failures < Surprising);

    [LoggerMessage(1, LogLevel.Debug, "{Key} is tried again: {Reason}")]
    private static partial void Retries(ILogger log, ObjectKey key, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Key} is tried again after failure {Failures}: {Reason}")]
    private static partial void Refused(ILogger log, ObjectKey key, int failures, string reason);

    [LoggerMessage(3, LogLevel.Error, "{Key} is tried again after failure {Failures}; this is a bug")]
    private static partial void Failed(ILogger log, Exception e, ObjectKey key, int failures);
}
