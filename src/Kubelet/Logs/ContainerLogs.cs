using System.IO.Pipelines;
using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Logs;

/// <summary>Sends a container's log to a reader, and goes on with what is written as long as the container runs.</summary>
internal sealed class ContainerLogs(DirectoryWatch watch, TimeProvider clock)
{
    /// <summary>The runtime closes a log a moment before it says that the container has ended, so it is asked some times after an event.</summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);
    private const int ShortWaits = 3;

    /// <summary>After new lines: the event of the log's closing may have come together with theirs.</summary>
    private static readonly TimeSpan QuietWait = TimeSpan.FromSeconds(1);

    /// <summary>Guards against an end that no event told of.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <param name="isRunning">Asked at the end of the file: whether there may come more.</param>
    /// <exception cref="FileNotFoundException">There is no log.</exception>
    public async Task CopyAsync(string path, LogOptions options, Func<CancellationToken, Task<bool>> isRunning, PipeWriter output, CancellationToken ct)
    {
        var filter = new LogFilter(options, output);
        using var changed = new SemaphoreSlim(0, 1);
        using var events = options.Follow ? watch.Watch(Path.GetDirectoryName(path) ?? "/", () => Release(changed)) : null;
        var file = LogFile.Open(path);
        try
        {
            var inode = FileStatus.Of(path)?.Inode;
            if (options.TailLines is { } lines)
                file.SeekToTail(lines);
            var idle = 1; // how often the end was met since something was read; the first time asks at once
            while (true)
            {
                while (!filter.IsFull && await file.ReadAsync(filter, ct))
                {
                    idle = 0;
                    if (await FlushAsync(output, ct))
                        return; // nobody reads any more
                }

                if (filter.IsFull || !options.Follow)
                    break;

                if (FileStatus.Of(path)?.Inode is { } now && now != inode)
                {
                    // Rotated. What came into the old file since its end was seen is read before the new one is.
                    while (!filter.IsFull && await file.ReadAsync(filter, ct))
                        await FlushAsync(output, ct);
                    file.Dispose();
                    (file, inode, idle) = (LogFile.Open(path), now, 0);
                    continue;
                }

                if (idle > 0 && !await isRunning(ct))
                {
                    // Once more after it has ended: its last words may have come between.
                    while (!filter.IsFull && await file.ReadAsync(filter, ct))
                        await FlushAsync(output, ct);
                    break;
                }

                var hasEvent = await WaitAsync(changed, idle == 0 ? QuietWait : idle <= ShortWaits ? ShortWait : LongestWait, ct);
                idle = hasEvent ? 1 : idle + 1;
            }

            await FlushAsync(output, ct);
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <returns>Whether something happened in the directory.</returns>
    private async Task<bool> WaitAsync(SemaphoreSlim changed, TimeSpan longest, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(longest, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await changed.WaitAsync(both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <returns>Whether the reader is gone.</returns>
    private static async ValueTask<bool> FlushAsync(PipeWriter output, CancellationToken ct) => (await output.FlushAsync(ct)).IsCompleted;

    private static void Release(SemaphoreSlim changed)
    {
        lock (changed)
        {
            if (changed.CurrentCount == 0)
                changed.Release();
        }
    }
}
