using System.Net.Sockets;
using AddressObject = KubeSharp.Objects.NetworkingV1.IPAddress;
using IPAddress = System.Net.IPAddress;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>How an address that a Service has is written down as an object. Pure.</summary>
internal static class AddressObjects
{
    public const string FamilyLabel = "ipaddress.kubernetes.io/ip-family";
    public const string ManagerLabel = "ipaddress.kubernetes.io/managed-by";

    /// <summary>Upstream's name for what allots addresses.</summary>
    public const string Manager = "ipallocator.k8s.io";

    public static AddressObject Of(Service service, IPAddress address, string uid, DateTimeOffset now) => new()
    {
        Metadata = new() { Name = AddressBlock.Text(address), Uid = uid, CreationTimestamp = now, Labels = Labelled(new Dictionary<string, string>(), address) },
        Spec = new() { ParentRef = ParentOf(service) },
    };

    public static Objects.NetworkingV1.ParentReference ParentOf(Service service) =>
        new() { Resource = "services", Namespace = service.Metadata.Namespace, Name = service.Metadata.Name };

    public static string FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    public static bool IsManaged(AddressObject obj) => obj.Metadata.Labels.GetValueOrDefault(ManagerLabel) == Manager;

    public static bool IsLabelled(AddressObject obj, IPAddress address) => IsManaged(obj) && obj.Metadata.Labels.GetValueOrDefault(FamilyLabel) == FamilyOf(address);

    public static IReadOnlyDictionary<string, string> Labelled(IReadOnlyDictionary<string, string> labels, IPAddress address) =>
        new Dictionary<string, string>(labels) { [FamilyLabel] = FamilyOf(address), [ManagerLabel] = Manager };

    /// <summary>The Service it says it belongs to, or <see langword="null"/> if it belongs to something else.</summary>
    public static ObjectKey? OwnerOf(AddressObject obj) =>
        obj.Spec.ParentRef is { Group: "", Resource: "services" } parent ? new ObjectKey(parent.Namespace, parent.Name) : null;
}
