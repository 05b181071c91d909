namespace KubeSharp.Kinds.Core.Services;

/// <summary>The ports of a Service, each and together.</summary>
internal static class ServicePortRules
{
    public static void Validate(ServiceSpec spec, bool isHeadless, Findings findings)
    {
        var names = new HashSet<string>();
        var ports = new HashSet<(string, int)>();
        var nodePorts = new HashSet<(string, int)>();
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var (port, field) = (spec.Ports[i], $"spec.ports[{i}]");
            Name(port, spec.Ports.Count > 1, names, field, findings);
            Numbers(port, isHeadless, field, findings);
            if (spec.Type is "ClusterIP" && port.NodePort != 0)
                findings.Forbidden(field + ".nodePort", "may not be used when `type` is 'ClusterIP'");
            else if (port.NodePort != 0 && !nodePorts.Add((port.Protocol, port.NodePort)))
                findings.Duplicate(field + ".nodePort", port.NodePort);
            if (!ports.Add((port.Protocol, port.Port)))
                findings.Duplicate(field, new ServicePort { Protocol = port.Protocol, Port = port.Port });
        }
    }

    private static void Name(ServicePort port, bool needsName, HashSet<string> names, string field, Findings findings)
    {
        if (port.Name.Length == 0)
        {
            if (needsName)
                findings.Required(field + ".name");
            return;
        }

        foreach (var problem in NameRules.Dns1123Label(port.Name))
            findings.Invalid(field + ".name", port.Name, problem);
        if (!names.Add(port.Name))
            findings.Duplicate(field + ".name", port.Name);
    }

    private static void Numbers(ServicePort port, bool isHeadless, string field, Findings findings)
    {
        foreach (var problem in NameRules.PortNumber(port.Port))
            findings.Invalid(field + ".port", port.Port, problem);

        if (port.Protocol.Length == 0)
            findings.Required(field + ".protocol");
        else if (port.Protocol is not ("TCP" or "UDP" or "SCTP"))
            findings.NotSupported(field + ".protocol", port.Protocol, "SCTP", "TCP", "UDP");

        var problems = port.TargetPort.IsInt ? NameRules.PortNumber(port.TargetPort.Number) : NameRules.PortName(port.TargetPort.Text);
        foreach (var problem in problems)
            findings.Invalid(field + ".targetPort", port.TargetPort, problem);

        if (port.AppProtocol is { } application)
        {
            foreach (var problem in NameRules.QualifiedName(application))
                findings.Invalid(field + ".appProtocol", application, problem);
        }

        if (isHeadless && port.TargetPort is { IsInt: true } target && target.Number != port.Port && target.Number > 0 && port.Port > 0)
            findings.Warn($"{field}: a headless service does not map ports; clients must use {target.Number}, not {port.Port}");
    }
}
