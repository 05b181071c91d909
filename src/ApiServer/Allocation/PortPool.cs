using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>The node ports. Thread-safe. A port may be held once for each protocol by the same Service.</summary>
internal sealed class PortPool(int first, int last, Chance chance)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _taken = [];

    /// <exception cref="AllocationException">All are taken.</exception>
    public int TakeAny()
    {
        var count = last - first + 1;
        // The low part is left to those who ask for a port of their own (KEP-3668).
        var reserved = Math.Clamp(count / 32, 0, 128);
        if (count < 16)
            reserved = 0;
        lock (_gate)
            return Search_NeedsLock(first + reserved, last) ?? Search_NeedsLock(first, first + reserved - 1) ?? throw new AllocationException("range is full");
    }

    /// <exception cref="AllocationException">Out of range, or taken.</exception>
    public void Take(int port)
    {
        if (port < first || port > last)
            throw new AllocationException($"provided port is not in the valid range. The range of valid ports is {first}-{last}");

        lock (_gate)
        {
            if (!_taken.Add(port))
                throw new AllocationException("provided port is already allocated");
        }
    }

    public void Release(int port)
    {
        lock (_gate)
            _taken.Remove(port);
    }

    private int? Search_NeedsLock(int low, int high)
    {
        var count = high - low + 1;
        if (count <= 0)
            return null;

        var start = chance.Next(count);
        for (var i = 0; i < count; i++)
        {
            var port = low + ((start + i) % count);
            if (_taken.Add(port))
                return port;
        }

        return null;
    }
}
