using KubeSharp.Objects.NetworkingV1;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>The ranges out of which Services get their addresses: those of the cluster's ServiceCIDRs. Thread-safe.</summary>
/// <remarks>As long as there is no ServiceCIDR of the server's own (the first seconds of a cluster), the flags stand for it.</remarks>
internal sealed class AddressRanges(IObjects objects, ApiServerOptions options)
{
    public const string Own = "kubernetes";

    /// <summary>Of a larger range of IPv6 nobody would find the addresses again; upstream refuses it too.</summary>
    private const int ShortestIpv6 = 64;

    private State? _state;

    /// <summary>What the flags say; the first is of the family that Services have by default.</summary>
    public static IReadOnlyList<AddressBlock> Flags(ApiServerOptions options) =>
        options.SecondServiceCidr is { } second ? [AddressBlock.Of(options.ServiceCidr), AddressBlock.Of(second)] : [AddressBlock.Of(options.ServiceCidr)];

    /// <summary>The ranges from which addresses are given now; the server's own first.</summary>
    public IEnumerable<AddressBlock> Ready(string family) => Current().Ready.Where(b => b.IsIpv6 == (family == "IPv6"));

    public bool IsReady(IPAddress address) => Current().Ready.Any(b => b.Has(address));

    /// <summary>Whether any range has it, be it one from which nothing is given any more.</summary>
    public bool Has(IPAddress address) => Current().All.Any(b => b.Has(address));

    private State Current()
    {
        var source = objects.List<ServiceCIDR>();
        var state = _state;
        return state is not null && ReferenceEquals(state.Source, source) ? state : _state = Read(source);
    }

    private State Read(IReadOnlyList<ServiceCIDR> source)
    {
        var own = source.All(c => c.Metadata.Name != Own) ? Flags(options) : [];
        var sorted = source.OrderByDescending(c => c.Metadata.Name == Own).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal).ToList();
        return new(source, [.. own.Concat(BlocksOf(sorted))], [.. own.Concat(BlocksOf(sorted.Where(IsReady))).Distinct()]);
    }

    private static IEnumerable<AddressBlock> BlocksOf(IEnumerable<ServiceCIDR> objects) =>
        objects.SelectMany(c => c.Spec.Cidrs).Select(AddressBlock.Find).OfType<AddressBlock>().Where(b => !b.IsIpv6 || b.Bits >= ShortestIpv6);

    /// <summary>Without a condition it counts as ready: the controllers may not be running.</summary>
    private static bool IsReady(ServiceCIDR range) =>
        range.Metadata.DeletionTimestamp is null && range.Status.Conditions.All(c => c.Type != "Ready" || c.Status == "True");

    private sealed record State(IReadOnlyList<ServiceCIDR> Source, IReadOnlyList<AddressBlock> All, IReadOnlyList<AddressBlock> Ready);
}
