using System.Net;

namespace KubeSharp.ServiceProxy.Model;

/// <summary>Where a connection may go: the address and port of one endpoint.</summary>
internal readonly record struct Backend(IPAddress Address, ushort Port) : IComparable<Backend>
{
    public int CompareTo(Backend other)
    {
        var byAddress = Address.GetAddressBytes().AsSpan().SequenceCompareTo(other.Address.GetAddressBytes());
        return byAddress != 0 ? byAddress : Port.CompareTo(other.Port);
    }

    public override string ToString() => $"{Address}:{Port}";
}
