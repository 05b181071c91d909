using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Core;

/// <summary>All the API server knows about Endpoints, the old form of EndpointSlices.</summary>
internal sealed class EndpointsKind : Kind<Endpoints>
{
    private const string Deprecated = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

    public override bool CreatesOnUpdate => true;

    public override Endpoints ApplyDefaults(Endpoints obj) => obj.Subsets.All(s => s.Ports.All(p => p.Protocol.Length > 0))
        ? obj
        : obj with
        {
            Subsets = [.. obj.Subsets.Select(s => s with { Ports = [.. s.Ports.Select(p => p.Protocol.Length > 0 ? p : p with { Protocol = "TCP" })] })],
        };

    public override void Validate(Endpoints obj, Findings findings)
    {
        findings.Warn(Deprecated);
        for (var i = 0; i < obj.Subsets.Count; i++)
            Subset(obj.Subsets[i], $"subsets[{i}]", findings);
    }

    public override IReadOnlyList<object?> Cells(Endpoints obj, DateTimeOffset now)
    {
        var all = obj.Subsets.SelectMany(s => s.Ports.Count == 0
            ? s.Addresses.Select(a => a.Ip)
            : s.Ports.SelectMany(p => s.Addresses.Select(a => $"{Bracketed(a.Ip)}:{p.Port}"))).ToList();
        return [obj.Metadata.Name, CellText.Some(all, 3), Ages.Of(obj.Metadata.CreationTimestamp, now)];
    }

    private static string Bracketed(string ip) => ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;

    private static void Subset(EndpointSubset subset, string field, Findings findings)
    {
        if (subset.Addresses.Count == 0 && subset.NotReadyAddresses.Count == 0)
            findings.Required(field, "must specify `addresses` or `notReadyAddresses`");
        for (var i = 0; i < subset.Addresses.Count; i++)
            Address(subset.Addresses[i], $"{field}.addresses[{i}]", findings);
        for (var i = 0; i < subset.NotReadyAddresses.Count; i++)
            Address(subset.NotReadyAddresses[i], $"{field}.notReadyAddresses[{i}]", findings);
        for (var i = 0; i < subset.Ports.Count; i++)
            Port(subset.Ports[i], subset.Ports.Count > 1, $"{field}.ports[{i}]", findings);
    }

    private static void Address(EndpointAddress address, string field, Findings findings)
    {
        findings.Ip(field + ".ip", address.Ip);
        if (address.Hostname.Length > 0)
        {
            foreach (var problem in NameRules.Dns1123Label(address.Hostname))
                findings.Invalid(field + ".hostname", address.Hostname, problem);
        }

        if (address.NodeName is { } node)
        {
            foreach (var problem in NameRules.Dns1123Subdomain(node))
                findings.Invalid(field + ".nodeName", node, problem);
        }

        EndpointAddressRules.NonSpecial(address.Ip, field + ".ip", findings);
    }

    private static void Port(EndpointPort port, bool needsName, string field, Findings findings)
    {
        if (needsName && port.Name.Length == 0)
            findings.Required(field + ".name");
        else if (port.Name.Length > 0)
        {
            foreach (var problem in NameRules.Dns1123Label(port.Name))
                findings.Invalid(field + ".name", port.Name, problem);
        }

        foreach (var problem in NameRules.PortNumber(port.Port))
            findings.Invalid(field + ".port", port.Port, problem);
        if (port.Protocol.Length == 0)
            findings.Required(field + ".protocol");
        else if (port.Protocol is not ("TCP" or "UDP" or "SCTP"))
            findings.NotSupported(field + ".protocol", port.Protocol, "TCP", "UDP", "SCTP");
    }
}
