using KubeSharp.Client;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Kubelet.Statuses;

/// <summary>Brings one pod's statuses to the API: in order, the newest one only, until the API has it.</summary>
/// <remarks>Owned by the pod's worker. <see cref="Set"/> never waits; <see cref="RunAsync"/> writes.</remarks>
internal sealed partial class StatusWriter(IClient client, TimeProvider clock, ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0, 1);
    private Pod? _known;
    private PodStatus? _wanted;
    private TaskCompletionSource? _written;
    private bool _isGone;

    public void Dispose() => _work.Dispose();

    /// <summary>The pod as the API was seen to have it: from the watch or an answer to a write, whichever is newer.</summary>
    public void Observe(Pod pod)
    {
        lock (_gate)
        {
            if (_known is null || _known.Metadata.Uid != pod.Metadata.Uid || IsNewer(pod, _known))
                _known = pod;
        }
    }

    public void Set(PodStatus status)
    {
        lock (_gate)
        {
            _wanted = status;
            Signal_NeedsLock();
        }
    }

    /// <summary>Waits until the last status set is in the API, or the pod is not.</summary>
    public Task FlushAsync(CancellationToken ct)
    {
        TaskCompletionSource written;
        lock (_gate)
        {
            if (_wanted is null || _isGone)
                return Task.CompletedTask;
            written = _written ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            Signal_NeedsLock();
        }

        return written.Task.WaitAsync(ct);
    }

    /// <summary>Deletes the pod from the API, for good; waits until it is gone.</summary>
    public async Task DeleteAsync(CancellationToken ct)
    {
        Pod? pod;
        lock (_gate)
            pod = _known;
        if (pod is null)
            return;

        var delay = FirstRetry;
        while (true)
        {
            try
            {
                await client.DeleteAsync<Pod>(ObjectKey.Of(pod), new DeleteRequest(Uid: pod.Metadata.Uid, GracePeriodSeconds: 0), ct);
                return;
            }
            catch (ApiException e) when (e.IsNotFound || e.IsConflict)
            {
                return; // it is gone, or another pod has its name
            }
            catch (Exception e) when (IsTransient(e, ct))
            {
                WriteFailed(e, pod.Metadata.Namespace, pod.Metadata.Name);
            }

            await Task.Delay(delay, clock, ct);
            delay = Longer(delay);
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var delay = FirstRetry;
        while (!ct.IsCancellationRequested)
        {
            await _work.WaitAsync(ct);
            while (Next() is { } next)
            {
                try
                {
                    var answer = await client.PatchAsync<Pod>(ObjectKey.Of(next.Pod), Patch(next.Body), "status", ct);
                    delay = FirstRetry;
                    Observe(answer);
                    Written(next.Status);
                }
                catch (ApiException e) when (e.IsNotFound || e.IsConflict)
                {
                    Gone();
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    // Whatever it is, a writer that gives up would leave the pod's status wrong for ever.
                    if (delay == FirstRetry)
                        WriteFailed(e, next.Pod.Metadata.Namespace, next.Pod.Metadata.Name);
                    await Task.Delay(delay, clock, ct);
                    delay = Longer(delay);
                }
            }
        }
    }

    private static bool IsTransient(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested && e is ApiException or HttpRequestException or IOException or OperationCanceledException;

    private static Patch Patch(byte[] body) => new("application/strategic-merge-patch+json", body);

    private static TimeSpan Longer(TimeSpan delay) => delay * 2 < LastRetry ? delay * 2 : LastRetry;

    private static bool IsNewer(Pod pod, Pod than) =>
        !ulong.TryParse(pod.Metadata.ResourceVersion, out var left) || !ulong.TryParse(than.Metadata.ResourceVersion, out var right) || left >= right;

    /// <summary>What to write now; null if the API has all.</summary>
    private (Pod Pod, PodStatus Status, byte[] Body)? Next()
    {
        lock (_gate)
        {
            if (_wanted is null || _known is null || _isGone)
                return null;
            if (StatusPatch.Of(_known.Metadata.Uid, _known.Status, _wanted) is { } body)
                return (_known, _wanted, body);

            Done_NeedsLock();
            return null;
        }
    }

    private void Written(PodStatus status)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_wanted, status))
                Done_NeedsLock();
        }
    }

    private void Gone()
    {
        lock (_gate)
        {
            _isGone = true;
            Done_NeedsLock();
        }
    }

    private void Done_NeedsLock()
    {
        _wanted = null;
        _written?.TrySetResult();
        _written = null;
    }

    private void Signal_NeedsLock()
    {
        if (_work.CurrentCount == 0)
            _work.Release();
    }

    [LoggerMessage(1, LogLevel.Warning, "Writing the status of pod {Namespace}/{Pod} failed; trying again until it works")]
    private partial void WriteFailed(Exception e, string @namespace, string pod);
}
