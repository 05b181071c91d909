namespace KubeSharp.ApiServer.Audit.Backends;

/// <summary>Whether something is failing just now, so that it is said once and not for each event. Thread-safe.</summary>
internal sealed class Outage
{
    private readonly Lock _gate = new();
    private bool _isOut;
    private long _lost;

    /// <returns>Whether it is the first of a row, which is worth telling.</returns>
    public bool Fails(long events)
    {
        lock (_gate)
        {
            _lost += events;
            (var wasOut, _isOut) = (_isOut, true);
            return !wasOut;
        }
    }

    /// <returns>How many events were lost since it began to fail; null if it did not.</returns>
    public long? Ends()
    {
        if (!Volatile.Read(ref _isOut))
            return null;

        lock (_gate)
        {
            if (!_isOut)
                return null;

            var lost = _lost;
            (_isOut, _lost) = (false, 0);
            return lost;
        }
    }
}
