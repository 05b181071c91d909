namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>The loop of what has nothing to do in one.</summary>
internal static class Forever
{
    /// <summary>Completes, without an exception, when cancelled.</summary>
    public static async Task UntilAsync(CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ct.Register(ended.SetResult);
        await ended.Task;
    }
}
