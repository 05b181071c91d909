using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.DiscoveryV1;
using EndpointPort = KubeSharp.Objects.DiscoveryV1.EndpointPort;

namespace KubeSharp.Kinds.Discovery;

/// <summary>All the API server knows about EndpointSlices.</summary>
internal sealed class EndpointSliceKind : Kind<EndpointSlice>
{
    private const int MaxEndpoints = 1000;
    private const int MaxAddresses = 100;
    private const int MaxPorts = 100;

    public override EndpointSlice ApplyDefaults(EndpointSlice obj) => obj.Ports.All(p => p is { Name: not null, Protocol: not null })
        ? obj
        : obj with { Ports = [.. obj.Ports.Select(p => p with { Name = p.Name ?? "", Protocol = p.Protocol ?? "TCP" })] };

    public override void Validate(EndpointSlice obj, Findings findings)
    {
        if (obj.AddressType.Length == 0)
            findings.Required("addressType");
        else if (obj.AddressType is not ("IPv4" or "IPv6" or "FQDN"))
            findings.NotSupported("addressType", obj.AddressType, "IPv4", "IPv6", "FQDN");

        if (obj.Endpoints.Count > MaxEndpoints)
            findings.TooMany("endpoints", obj.Endpoints.Count, MaxEndpoints);
        for (var i = 0; i < obj.Endpoints.Count; i++)
            Endpoint(obj.Endpoints[i], obj.AddressType, $"endpoints[{i}]", findings);
        Ports(obj.Ports, findings);
    }

    public override void ValidateUpdate(EndpointSlice old, EndpointSlice obj, Findings findings)
    {
        if (old.AddressType != obj.AddressType)
            findings.Invalid("addressType", obj.AddressType, "field is immutable");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(EndpointSlice obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.AddressType,
        Some([.. obj.Ports.Select(p => p.Port is { } port ? $"{port}" : p.Name is { Length: > 0 } name ? name : "*")]),
        Some([.. obj.Endpoints.SelectMany(e => e.Addresses)]),
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static string Some(List<string> values) => values.Count == 0 ? CellText.Unset : CellText.Some(values, 3);

    private static void Endpoint(Endpoint endpoint, string addressType, string field, Findings findings)
    {
        if (endpoint.Addresses.Count == 0)
            findings.Required(field + ".addresses", "must contain at least 1 address");
        else if (endpoint.Addresses.Count > MaxAddresses)
            findings.TooMany(field + ".addresses", endpoint.Addresses.Count, MaxAddresses);

        for (var i = 0; i < endpoint.Addresses.Count; i++)
        {
            var (address, path) = (endpoint.Addresses[i], $"{field}.addresses[{i}]");
            var problems = addressType switch
            {
                "IPv4" => EndpointAddressRules.V4(address),
                "IPv6" => EndpointAddressRules.V6(address),
                "FQDN" => NameRules.Dns1123Subdomain(address),
                _ => [],
            };
            var isWrong = false;
            foreach (var problem in problems)
            {
                findings.Invalid(path, address, problem);
                isWrong = true;
            }

            if (!isWrong && addressType is "IPv4" or "IPv6")
                EndpointAddressRules.NonSpecial(address, path, findings);
        }

        if (endpoint.Hostname is { } host)
        {
            foreach (var problem in NameRules.Dns1123Label(host))
                findings.Invalid(field + ".hostname", host, problem);
        }

        if (endpoint.NodeName is { } node)
        {
            foreach (var problem in NameRules.Dns1123Subdomain(node))
                findings.Invalid(field + ".nodeName", node, problem);
        }
    }

    private static void Ports(IReadOnlyList<EndpointPort> ports, Findings findings)
    {
        if (ports.Count > MaxPorts)
            findings.TooMany("ports", ports.Count, MaxPorts);
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, field) = (ports[i], $"ports[{i}]");
            var name = port.Name ?? "";
            if (!names.Add(name))
                findings.Duplicate(field + ".name", name);
            if (name.Length > 0)
            {
                foreach (var problem in NameRules.Dns1123Label(name))
                    findings.Invalid(field + ".name", name, problem);
            }

            if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
                findings.NotSupported(field + ".protocol", port.Protocol, "TCP", "UDP", "SCTP");
            if (port.Port is { } number)
            {
                foreach (var problem in NameRules.PortNumber(number))
                    findings.Invalid(field + ".port", number, problem);
            }
        }
    }
}
