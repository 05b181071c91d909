namespace KubeSharp.ApiServer.CustomResources;

/// <summary>
/// Lets objects be created until their definition goes: then it closes, and tells when the last creation that had begun is over. Without it
/// an object could be written after the last one was seen to be gone, and stay in the store for ever.
/// </summary>
internal sealed class CreationGate
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    public bool IsClosed { get; private set; }

    /// <returns>False if it is closed; else <see cref="Leave"/> must follow.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (IsClosed)
                return false;
            _running++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && IsClosed)
                _drained.TrySetResult();
        }
    }

    /// <summary>Closes; the task ends with the last creation.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            IsClosed = true;
            if (_running == 0)
                _drained.TrySetResult();
            return _drained.Task;
        }
    }
}
