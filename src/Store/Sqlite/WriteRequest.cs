namespace KubeSharp.Store;

/// <summary>A step that waits for the writer loop, and its outcome.</summary>
internal sealed class WriteRequest(Func<LogWriter, long?> step, CancellationToken ct)
{
    // Asynchronously: the loop must not run the caller's code.
    private readonly TaskCompletionSource<long?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _result;

    public Task<long?> Done => _done.Task;

    /// <summary>Gives up if the caller did so before the step began; later it is too late.</summary>
    public bool TryStart() => !ct.IsCancellationRequested || !_done.TrySetCanceled(ct);

    public void Apply(LogWriter log) => _result = step(log);

    /// <summary>The step is durable.</summary>
    public void Acknowledge() => _done.TrySetResult(_result);

    public void Fail(Exception why) => _done.TrySetException(why);
}
