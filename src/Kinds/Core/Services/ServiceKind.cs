namespace KubeSharp.Kinds.Core.Services;

/// <summary>All the API server knows about Services, but the choice of addresses and node ports, which needs a memory.</summary>
internal sealed class ServiceKind : Kind<Service>
{
    public override IReadOnlyCollection<string> FieldNames => ["spec.clusterIP", "spec.type"];

    public override IEnumerable<string> ValidateName(string name) => NameRules.Dns1035Label(name);

    public override IReadOnlyDictionary<string, string>? SelectableFields(Service obj) =>
        new Dictionary<string, string> { ["spec.clusterIP"] = obj.Spec.ClusterIP, ["spec.type"] = obj.Spec.Type };

    public override Service ApplyDefaults(Service obj) => obj with { Spec = ServiceDefaults.Of(obj.Spec) };

    public override Service PrepareForCreate(Service obj) => obj with { Spec = ServiceLinkedFields.ForCreate(obj.Spec), Status = ServiceStatus.Empty };

    public override Service PrepareForUpdate(Service old, Service obj) => ServiceLinkedFields.ForUpdate(old, obj);

    public override void Validate(Service obj, Findings findings) => ServiceRules.Validate(obj, findings);

    public override void ValidateUpdate(Service old, Service obj, Findings findings)
    {
        ServiceAddressRules.ValidateUpdate(old.Spec, obj.Spec, findings);
        if (old.Spec.Type == "LoadBalancer" && obj.Spec.Type == "LoadBalancer" && old.Spec.LoadBalancerClass != obj.Spec.LoadBalancerClass)
            findings.Invalid("spec.loadBalancerClass", obj.Spec.LoadBalancerClass, "may not change once set");
        if (IsHealthChecked(old.Spec) && IsHealthChecked(obj.Spec) && old.Spec.HealthCheckNodePort != obj.Spec.HealthCheckNodePort)
            findings.Forbidden("spec.healthCheckNodePort", "field is immutable");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(Service obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Type,
        obj.Spec.Type == "ExternalName" ? CellText.None : CellText.OrNone(obj.Spec.ClusterIP),
        External(obj),
        Ports(obj),
        Ages.Of(obj.Metadata.CreationTimestamp, now),
        CellText.Labels(obj.Spec.Selector),
    ];

    private static bool IsHealthChecked(ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    private static string Ports(Service obj) => obj.Spec.Ports.Count == 0
        ? CellText.None
        : string.Join(',', obj.Spec.Ports.Select(p => p.NodePort > 0 ? $"{p.Port}:{p.NodePort}/{p.Protocol}" : $"{p.Port}/{p.Protocol}"));

    private static string External(Service obj)
    {
        var given = obj.Spec.ExternalIPs;
        switch (obj.Spec.Type)
        {
            case "ExternalName":
                return obj.Spec.ExternalName;
            case "LoadBalancer":
                var balanced = obj.Status.LoadBalancer.Ingress.Select(i => i.Ip.Length > 0 ? i.Ip : i.Hostname).Concat(given).ToList();
                return balanced.Count > 0 ? string.Join(',', balanced) : "<pending>";
            default:
                return given.Count > 0 ? string.Join(',', given) : CellText.None;
        }
    }
}
