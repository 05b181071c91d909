namespace KubeSharp.ApiServer.Allocation;

/// <summary>What a write has reserved or will free. Disposed without <see cref="Keep"/>, everything is as before.</summary>
internal sealed class PendingAllocation(Action keep, Action giveBack) : IDisposable
{
    private bool _isDone;

    public static PendingAllocation Nothing => new(static () => { }, static () => { });

    /// <summary>The write is in the store: what it took is taken, what it no longer has is free.</summary>
    public void Keep()
    {
        if (!_isDone)
            keep();
        _isDone = true;
    }

    /// <summary>Whether the write is in the store is not known: what it took stays taken until the next start, for two Services with one address are worse.</summary>
    public void Abandon() => _isDone = true;

    public void Dispose()
    {
        if (!_isDone)
            giveBack();
        _isDone = true;
    }
}
