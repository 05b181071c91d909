using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.NetworkingV1;

namespace KubeSharp.Kinds.Networking;

/// <summary>All the API server knows about Ingresses.</summary>
internal sealed class IngressKind : Kind<Ingress>
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    /// <summary>The class may be told twice, if it is the same; an object from before the field was may keep both.</summary>
    public override void Validate(Ingress obj, Findings findings)
    {
        Spec(obj, findings);
        if (obj.Spec.IngressClassName is { } name && obj.Metadata.Annotations.TryGetValue(ClassAnnotation, out var annotated) && annotated != name)
            findings.Invalid($"annotations.{ClassAnnotation}", annotated, "must match `ingressClassName` when both are specified");
    }

    public override void ValidateUpdate(Ingress old, Ingress obj, Findings findings) => Spec(obj, findings);

    public override void ValidateStatusUpdate(Ingress old, Ingress obj, Findings findings)
    {
        for (var i = 0; i < obj.Status.LoadBalancer.Ingress.Count; i++)
        {
            var (point, field) = (obj.Status.LoadBalancer.Ingress[i], $"status.loadBalancer.ingress[{i}]");
            if (point.Ip.Length > 0)
                findings.Ip($"{field}.ip", point.Ip);
            if (point.Hostname.Length == 0)
                continue;

            findings.Each($"{field}.hostname", point.Hostname, NameRules.Dns1123Subdomain(point.Hostname));
            if (AddressRules.IsIp(point.Hostname))
                findings.Invalid($"{field}.hostname", point.Hostname, "must be a DNS name, not an IP address");
        }
    }

    public override IReadOnlyList<object?> Cells(Ingress obj, DateTimeOffset now)
    {
        var hosts = obj.Spec.Rules.Select(r => r.Host).Where(h => h.Length > 0).ToList();
        return
        [
            obj.Metadata.Name,
            obj.Spec.IngressClassName ?? obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation, CellText.None),
            hosts.Count == 0 ? "*" : CellText.Some(hosts, 3),
            string.Join(',', obj.Status.LoadBalancer.Ingress.Select(i => i.Ip.Length > 0 ? i.Ip : i.Hostname)),
            obj.Spec.Tls.Count > 0 ? "80, 443" : "80",
            Ages.Of(obj.Metadata.CreationTimestamp, now),
        ];
    }

    private static void Spec(Ingress obj, Findings findings)
    {
        if (obj.Spec.Rules.Count == 0 && obj.Spec.DefaultBackend is null)
            findings.Invalid("spec", obj.Spec.Rules, "either `defaultBackend` or `rules` must be specified");
        if (obj.Spec.DefaultBackend is { } backend)
            Backend(backend, "spec.defaultBackend", findings);
        for (var i = 0; i < obj.Spec.Rules.Count; i++)
            Rule(obj.Spec.Rules[i], $"spec.rules[{i}]", findings);
        for (var i = 0; i < obj.Spec.Tls.Count; i++)
            Tls(obj.Spec.Tls[i], $"spec.tls[{i}]", findings);
        if (obj.Spec.IngressClassName is { } name)
            findings.Each("spec.ingressClassName", name, NameRules.Dns1123Subdomain(name));
    }

    private static void Rule(IngressRule rule, string field, Findings findings)
    {
        if (rule.Host.Length > 0)
            Host(rule.Host, field + ".host", findings);
        if (rule.Http is not { } http)
            return;

        if (http.Paths.Count == 0)
            findings.Required(field + ".http.paths");
        for (var i = 0; i < http.Paths.Count; i++)
            PathOf(http.Paths[i], $"{field}.http.paths[{i}]", findings);
    }

    private static void Host(string host, string field, Findings findings)
    {
        if (AddressRules.IsIp(host))
        {
            findings.Invalid(field, host, "must be a DNS name, not an IP address");
            return;
        }

        if (!host.Contains('*', StringComparison.Ordinal))
        {
            foreach (var problem in NameRules.Dns1123Subdomain(host))
                findings.Invalid(field, host, problem);
        }
        else if (!host.StartsWith("*.", StringComparison.Ordinal) || NameRules.Dns1123Subdomain(host[2..]).Any())
        {
            findings.Invalid(field, host, NameRules.RegexError("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", @"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", "*.example.com"));
        }
    }

    private static void PathOf(HTTPIngressPath path, string field, Findings findings)
    {
        switch (path.PathType)
        {
            case null:
                findings.Required(field + ".pathType", "pathType must be specified");
                break;
            case "Exact" or "Prefix":
                if (!path.Path.StartsWith('/'))
                    findings.Invalid(field + ".path", path.Path, "must be an absolute path");
                foreach (var bad in (string[])["//", "/./", "/../", "%2f", "%2F"])
                {
                    if (path.Path.Contains(bad, StringComparison.Ordinal))
                        findings.Invalid(field + ".path", path.Path, $"must not contain '{bad}'");
                }

                foreach (var bad in (string[])["/..", "/."])
                {
                    if (path.Path.EndsWith(bad, StringComparison.Ordinal))
                        findings.Invalid(field + ".path", path.Path, $"cannot end with '{bad}'");
                }

                break;
            case "ImplementationSpecific":
                if (path.Path.Length > 0 && !path.Path.StartsWith('/'))
                    findings.Invalid(field + ".path", path.Path, "must be an absolute path");
                break;
            default:
                findings.NotSupported(field + ".pathType", path.PathType, "Exact", "ImplementationSpecific", "Prefix");
                break;
        }

        Backend(path.Backend, field + ".backend", findings);
    }

    private static void Backend(IngressBackend backend, string field, Findings findings)
    {
        if (backend is { Resource: not null, Service: not null })
        {
            findings.Invalid(field, "", "cannot set both resource and service backends");
            return;
        }

        if (backend.Resource is { } resource)
        {
            if (resource.ApiGroup is { } group)
                findings.Each($"{field}.resource.apiGroup", group, NameRules.Dns1123Subdomain(group));
            findings.PathSegment($"{field}.resource.kind", resource.Kind, "kind is required");
            findings.PathSegment($"{field}.resource.name", resource.Name, "name is required");
            return;
        }

        if (backend.Service is not { } service)
        {
            findings.Invalid(field, "", "resource or service backend is required");
            return;
        }

        if (service.Name.Length == 0)
            findings.Required(field + ".service.name");
        else
        {
            foreach (var problem in NameRules.Dns1035Label(service.Name))
                findings.Invalid(field + ".service.name", service.Name, problem);
        }

        var (name, number) = (service.Port.Name, service.Port.Number);
        if (name.Length > 0 && number != 0)
            findings.Invalid(field, "", "cannot set both port name & port number");
        else if (name.Length > 0)
        {
            foreach (var problem in NameRules.PortName(name))
                findings.Invalid(field + ".service.port.name", name, problem);
        }
        else if (number != 0)
        {
            foreach (var problem in NameRules.PortNumber(number))
                findings.Invalid(field + ".service.port.number", number, problem);
        }
        else
        {
            findings.Required(field, "port name or number is required");
        }
    }

    private static void Tls(IngressTLS tls, string field, Findings findings)
    {
        for (var i = 0; i < tls.Hosts.Count; i++)
            Host(tls.Hosts[i], $"{field}.hosts[{i}]", findings);
        if (tls.SecretName.Length > 0)
            findings.Each($"{field}.secretName", tls.SecretName, NameRules.Dns1123Subdomain(tls.SecretName));
    }
}
