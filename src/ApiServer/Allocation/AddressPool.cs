using System.Buffers.Binary;
using System.Net;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>The addresses of the service network (IPv4). Thread-safe.</summary>
internal sealed class AddressPool(IPNetwork network, Chance chance)
{
    private readonly Lock _gate = new();
    private readonly HashSet<uint> _taken = [];
    private readonly uint _base = BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes());

    /// <summary>Without the network's own and the broadcast address; upstream looks at no more than 65,536.</summary>
    private readonly int _size = (int)Math.Min((1L << (32 - network.PrefixLength)) - 2, 65_534);

    public IPNetwork Network => network;

    /// <summary>The address of the API server's own Service.</summary>
    public IPAddress First => AddressOf(1);

    /// <exception cref="AllocationException">The network is full.</exception>
    public IPAddress TakeAny()
    {
        lock (_gate)
        {
            // The first address is the API server's own. The low sixteenth (16 to 256 addresses) is left to those who ask for an address of their own (KEP-3070).
            var reserved = _size < 16 ? 0 : Math.Clamp(_size / 16, 16, 256);
            return Search_NeedsLock(Math.Max(reserved + 1, 2), _size) ?? Search_NeedsLock(2, reserved)
                ?? throw new AllocationException("range is full");
        }
    }

    /// <exception cref="AllocationException">Outside of the network, or taken.</exception>
    public void Take(IPAddress address)
    {
        if (OffsetOf(address) is not { } offset)
            throw new AllocationException($"the provided IP ({address}) is not in the valid range. The range of valid IPs is {network}");

        lock (_gate)
        {
            if (!_taken.Add(offset))
                throw new AllocationException("provided IP is already allocated");
        }
    }

    public void Release(IPAddress address)
    {
        if (OffsetOf(address) is not { } offset)
            return;

        lock (_gate)
            _taken.Remove(offset);
    }

    private IPAddress? Search_NeedsLock(int first, int last)
    {
        var count = last - first + 1;
        if (count <= 0)
            return null;

        var start = chance.Next(count);
        for (var i = 0; i < count; i++)
        {
            var offset = (uint)(first + ((start + i) % count));
            if (_taken.Add(offset))
                return AddressOf(offset);
        }

        return null;
    }

    private IPAddress AddressOf(uint offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _base + offset);
        return new(bytes);
    }

    private uint? OffsetOf(IPAddress address)
    {
        if (address.AddressFamily != network.BaseAddress.AddressFamily || !network.Contains(address))
            return null;

        var offset = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) - _base;
        return offset == 0 || offset >= (1L << (32 - network.PrefixLength)) - 1 ? null : offset;
    }
}
