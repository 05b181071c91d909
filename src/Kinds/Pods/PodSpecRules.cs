using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>What must hold of every pod spec, in the order in which upstream reports it (<c>ValidatePodSpec</c>).</summary>
/// <param name="Pod">The pod's own metadata; <see langword="null"/> where the spec is a template's, of which less is asked.</param>
internal sealed record PodSpecRules(PodSpec Spec, string Path, ObjectMeta? Pod, Findings Findings)
{
    public bool IsPod => Pod is not null;

    /// <summary>User namespaces are off unless <c>hostUsers</c> is false.</summary>
    public bool UsesHostUsers => Spec.HostUsers != false;

    public static void ValidateTemplate(PodTemplateSpec template, string path, Findings findings)
    {
        findings.Labels($"{path}.labels", template.Metadata.Labels);
        findings.AnnotationKeys($"{path}.annotations", template.Metadata.Annotations);
        AnnotationRules.Validate(template.Metadata.Annotations, template.Spec, $"{path}.annotations", findings);
        new PodSpecRules(template.Spec, $"{path}.spec", null, findings).Validate();
        if (template.Spec.EphemeralContainers.Count > 0)
            findings.Forbidden($"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
    }

    public void Validate()
    {
        if (Spec.TerminationGracePeriodSeconds is null)
            Findings.Required($"{Path}.terminationGracePeriodSeconds");

        var volumes = new VolumeRules(this).Validate();
        ResourceClaims();
        new ContainerRules(this, volumes).Validate();
        if (Spec.Resources is { } whole)
            PodResources(whole);
        HostPorts();
        Findings.OneOf($"{Path}.restartPolicy", Spec.RestartPolicy, "Always", "OnFailure", "Never");
        Findings.OneOf($"{Path}.dnsPolicy", Spec.DnsPolicy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        Findings.Labels($"{Path}.nodeSelector", Spec.NodeSelector);
        SecurityRules.Validate(this);
        if (Spec.Affinity is { } affinity)
            AffinityRules.Validate(affinity, $"{Path}.affinity", Findings);
        DnsRules.Validate(Spec, $"{Path}.dnsConfig", Findings);
        SchedulingRules.Gates(Spec, Path, Findings);
        SchedulingRules.Spread(Spec.TopologySpreadConstraints, $"{Path}.topologySpreadConstraints", Findings);
        SecurityRules.HostUsers(this);
        Names();
        Findings.InRange($"{Path}.activeDeadlineSeconds", Spec.ActiveDeadlineSeconds, 1, int.MaxValue);
        HostNames();
        SchedulingRules.Tolerations(Spec.Tolerations, $"{Path}.tolerations", Findings);
        for (var i = 0; i < Spec.HostAliases.Count; i++)
            HostAlias($"{Path}.hostAliases[{i}]", Spec.HostAliases[i]);
        Last();
    }

    private void Names()
    {
        if (Spec.ServiceAccountName.Length > 0)
            Findings.Each($"{Path}.serviceAccountName", Spec.ServiceAccountName, NameRules.Dns1123Subdomain(Spec.ServiceAccountName));
        if (Spec.NodeName.Length > 0)
            Findings.Each($"{Path}.nodeName", Spec.NodeName, NameRules.Dns1123Subdomain(Spec.NodeName));
    }

    private void HostNames()
    {
        if (Spec.Hostname.Length > 0)
            Findings.Each($"{Path}.hostname", Spec.Hostname, NameRules.Dns1123Label(Spec.Hostname));
        if (Spec.Subdomain.Length > 0)
            Findings.Each($"{Path}.subdomain", Spec.Subdomain, NameRules.Dns1123Label(Spec.Subdomain));
        if (Spec.HostnameOverride is not { } name)
            return;

        Findings.Each($"{Path}.hostnameOverride", name, NameRules.Dns1123Subdomain(name));
        if (name.Length > 64)
            Findings.TooLong($"{Path}.hostnameOverride", 64);
        if (Spec.SetHostnameAsFQDN == true)
            Findings.Forbidden($"{Path}.setHostnameAsFQDN", "may not be specified when `hostnameOverride` is set");
        if (Spec.HostNetwork)
            Findings.Forbidden($"{Path}.hostNetwork", "may not be specified when `hostnameOverride` is set");
    }

    private void Last()
    {
        if (Spec.PriorityClassName.Length > 0)
            Findings.Each($"{Path}.priorityClassName", Spec.PriorityClassName, NameRules.Dns1123Subdomain(Spec.PriorityClassName));
        if (Spec.RuntimeClassName is { } runtimeClass)
            Findings.Each($"{Path}.runtimeClassName", runtimeClass, NameRules.Dns1123Subdomain(runtimeClass));
        if (Spec.PreemptionPolicy is { } preemption)
            Findings.OneOf($"{Path}.preemptionPolicy", preemption, "PreemptLowerPriority", "Never");
        ResourceRules.Quantities(Spec.Overhead, $"{Path}.overhead", Findings);
        if (Spec.Os is { } os)
            Findings.OneOf($"{Path}.os.name", os.Name, "linux", "windows");
    }

    private void HostAlias(string path, HostAlias alias)
    {
        Findings.Ip($"{path}.ip", alias.Ip);
        for (var i = 0; i < alias.Hostnames.Count; i++)
            Findings.Each($"{path}.hostnames[{i}]", alias.Hostnames[i], NameRules.Dns1123Subdomain(alias.Hostnames[i]));
    }

    /// <summary>On the host's network a container's port is the host's; a template may leave it open until there is a pod.</summary>
    private void HostPorts()
    {
        if (!Spec.HostNetwork)
            return;

        for (var c = 0; c < Spec.Containers.Count; c++)
        {
            for (var p = 0; p < Spec.Containers[c].Ports.Count; p++)
            {
                var port = Spec.Containers[c].Ports[p];
                if ((IsPod || port.HostPort != 0) && port.HostPort != port.ContainerPortValue)
                    Findings.Invalid($"{Path}.containers[{c}].ports[{p}].hostPort", port.HostPort, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }

    private void PodResources(ResourceRequirements whole)
    {
        var path = $"{Path}.resources";
        if (whole.Claims.Count > 0)
            Findings.Forbidden($"{path}.claims", "claims cannot be set for Resources at pod-level");
        ResourceRules.Validate(whole, path, [], Findings);
        for (var i = 0; i < Spec.Containers.Count; i++)
        {
            foreach (var (name, limit) in Spec.Containers[i].Resources.Limits)
            {
                if (whole.Limits.TryGetValue(name, out var most) && limit > most)
                    Findings.Invalid($"{path}.containers[{i}][{name}].limits", limit, $"must be less than or equal to pod limits of {most}");
            }
        }

        foreach (var (name, requested) in whole.Requests)
        {
            var sum = Spec.Containers.Aggregate(Quantity.Zero, (total, c) => c.Resources.Requests.TryGetValue(name, out var part) ? total + part : total);
            if (sum > requested)
                Findings.Invalid($"{path}.requests[{name}]", requested, $"must be greater than or equal to aggregate container requests of {sum}");
        }
    }

    private void ResourceClaims()
    {
        var names = new HashSet<string>();
        for (var i = 0; i < Spec.ResourceClaims.Count; i++)
        {
            var (path, claim) = ($"{Path}.resourceClaims[{i}]", Spec.ResourceClaims[i]);
            if (claim.Name.Length == 0)
                Findings.Required($"{path}.name");
            else if (!names.Add(claim.Name))
                Findings.Duplicate($"{path}.name", claim.Name);
            else
                Findings.Each($"{path}.name", claim.Name, NameRules.Dns1123Label(claim.Name));

            if (claim is { ResourceClaimName: not null, ResourceClaimTemplateName: not null })
                Findings.Invalid(path, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            if (claim is { ResourceClaimName: null, ResourceClaimTemplateName: null })
                Findings.Invalid(path, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            if (claim.ResourceClaimName is { } name)
                Findings.Each($"{path}.resourceClaimName", name, NameRules.Dns1123Subdomain(name));
            if (claim.ResourceClaimTemplateName is { } template)
                Findings.Each($"{path}.resourceClaimTemplateName", template, NameRules.Dns1123Subdomain(template));
        }
    }
}
