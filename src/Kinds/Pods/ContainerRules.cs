using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>The three lists of containers: what all have in common, and what each sort may not have.</summary>
internal sealed class ContainerRules(PodSpecRules pod, IReadOnlyDictionary<string, Volume> volumes)
{
    private readonly HashSet<string> _names = [];
    private readonly List<string> _claims = [.. pod.Spec.ResourceClaims.Select(c => c.Name).Where(n => n.Length > 0)];
    private readonly Findings _findings = pod.Findings;

    public void Validate()
    {
        Regular($"{pod.Path}.containers");
        Init($"{pod.Path}.initContainers");
        Ephemeral($"{pod.Path}.ephemeralContainers");
    }

    private void Regular(string path)
    {
        if (pod.Spec.Containers.Count == 0)
            _findings.Required(path);

        for (var i = 0; i < pod.Spec.Containers.Count; i++)
        {
            var (at, container) = ($"{path}[{i}]", pod.Spec.Containers[i]);
            Common(container, at);
            UniqueName(container.Name, at);
            Running(container, at);
            Restarts(container, at);
        }

        HostPorts(pod.Spec.Containers, path);
    }

    private void Init(string path)
    {
        for (var i = 0; i < pod.Spec.InitContainers.Count; i++)
        {
            var (at, container) = ($"{path}[{i}]", pod.Spec.InitContainers[i]);
            Common(container, at);
            UniqueName(container.Name, at);
            Restarts(container, at);
            HostPorts([container], path);
            if (container.IsSidecar())
                Running(container, at);
            else
                NotRunning(container, at);
        }
    }

    private void Ephemeral(string path)
    {
        const string Why = "cannot be set for an Ephemeral Container";
        for (var i = 0; i < pod.Spec.EphemeralContainers.Count; i++)
        {
            var (at, container) = ($"{path}[{i}]", pod.Spec.EphemeralContainers[i]);
            Common(EphemeralContainers.AsContainer(container), at);
            if (!_names.Add(container.Name))
                _findings.Duplicate($"{at}.name", container.Name);
            if (container.TargetContainerName.Length > 0 && !pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(c => c.Name == container.TargetContainerName))
                _findings.NotFound($"{at}.targetContainerName", container.TargetContainerName);
            foreach (var field in EphemeralContainers.FieldsOfRunningServices(container))
                _findings.Forbidden($"{at}.{field}", Why);
            for (var m = 0; m < container.VolumeMounts.Count; m++)
            {
                if (container.VolumeMounts[m].SubPath.Length > 0)
                    _findings.Forbidden($"{at}.volumeMounts[{m}].subPath", Why);
                if (container.VolumeMounts[m].SubPathExpr.Length > 0)
                    _findings.Forbidden($"{at}.volumeMounts[{m}].subPathExpr", Why);
            }
        }
    }

    private void Common(Container container, string path)
    {
        if (container.Name.Length == 0)
            _findings.Required($"{path}.name");
        else
            _findings.Each($"{path}.name", container.Name, NameRules.Dns1123Label(container.Name));

        if (container.Image.Length == 0)
            _findings.Required($"{path}.image");
        else if (pod.IsPod && container.Image.Trim().Length != container.Image.Length)
            _findings.Invalid($"{path}.image", container.Image, "must not have leading or trailing whitespace");

        _findings.OneOf($"{path}.terminationMessagePolicy", container.TerminationMessagePolicy, "File", "FallbackToLogsOnError");
        Ports(container.Ports, $"{path}.ports");
        EnvironmentRules.Validate(container, path, _findings);
        new MountRules(container, volumes, _findings).Validate(path);
        _findings.OneOf($"{path}.imagePullPolicy", container.ImagePullPolicy, "Always", "IfNotPresent", "Never");
        ResourceRules.Validate(container.Resources, $"{path}.resources", _claims, _findings);
        ResizePolicy(container.ResizePolicy, $"{path}.resizePolicy");
        SecurityRules.Validate(container.SecurityContext, $"{path}.securityContext", pod);
    }

    private void UniqueName(string name, string path)
    {
        if (name.Length > 0 && !_names.Add(name))
            _findings.Duplicate($"{path}.name", name);
    }

    /// <summary>What only a container that goes on running may have.</summary>
    private void Running(Container container, string path)
    {
        ProbeRules.Lifecycle(container.Lifecycle, pod.Spec, $"{path}.lifecycle", _findings);
        ProbeRules.Liveness(container.LivenessProbe, $"{path}.livenessProbe", _findings);
        ProbeRules.Readiness(container.ReadinessProbe, $"{path}.readinessProbe", _findings);
        ProbeRules.Liveness(container.StartupProbe, $"{path}.startupProbe", _findings);
    }

    private void NotRunning(Container container, string path)
    {
        var set = new (string Field, object? Value)[]
        {
            ("lifecycle", container.Lifecycle),
            ("livenessProbe", container.LivenessProbe),
            ("readinessProbe", container.ReadinessProbe),
            ("startupProbe", container.StartupProbe),
        };
        foreach (var (field, _) in set.Where(s => s.Value is not null))
            _findings.Forbidden($"{path}.{field}", "may not be set for init containers without restartPolicy=Always");
    }

    private void Restarts(Container container, string path)
    {
        _findings.OptionalOneOf($"{path}.restartPolicy", container.RestartPolicy, "Always", "Never", "OnFailure");
        if (container.RestartPolicyRules.Count == 0)
            return;

        if (container.RestartPolicy is null)
            _findings.Required($"{path}.restartPolicy", "must specify restartPolicy when restart rules are used");
        for (var i = 0; i < container.RestartPolicyRules.Count; i++)
        {
            var (at, rule) = ($"{path}.restartPolicyRules[{i}]", container.RestartPolicyRules[i]);
            _findings.OneOf($"{at}.action", rule.Action, "Restart", "RestartAllContainers");
            if (rule.ExitCodes is { } codes)
                _findings.OneOf($"{at}.exitCodes.operator", codes.Operator, "In", "NotIn");
            else
                _findings.Required($"{at}.exitCodes", "must be specified");
        }
    }

    private void Ports(IReadOnlyList<ContainerPort> ports, string path)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (at, port) = ($"{path}[{i}]", ports[i]);
            if (port.Name.Length > 0)
            {
                var problems = NameRules.PortName(port.Name).ToList();
                _findings.Each($"{at}.name", port.Name, problems);
                if (problems.Count == 0 && !names.Add(port.Name))
                    _findings.Duplicate($"{at}.name", port.Name);
            }

            if (port.ContainerPortValue == 0)
                _findings.Required($"{at}.containerPort");
            else
                _findings.Each($"{at}.containerPort", port.ContainerPortValue, NameRules.PortNumber(port.ContainerPortValue));
            if (port.HostPort != 0)
                _findings.Each($"{at}.hostPort", port.HostPort, NameRules.PortNumber(port.HostPort));
            _findings.OneOf($"{at}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
        }
    }

    private void HostPorts(IReadOnlyList<Container> containers, string path)
    {
        var taken = new HashSet<string>();
        for (var c = 0; c < containers.Count; c++)
        {
            for (var p = 0; p < containers[c].Ports.Count; p++)
            {
                var port = containers[c].Ports[p];
                var claim = $"{port.Protocol}/{port.HostIP}/{port.HostPort}";
                if (port.HostPort != 0 && !taken.Add(claim))
                    _findings.Duplicate($"{path}[{c}].ports[{p}].hostPort", claim);
            }
        }
    }

    private void ResizePolicy(IReadOnlyList<ContainerResizePolicy> policies, string path)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < policies.Count; i++)
        {
            if (!seen.Add(policies[i].ResourceName))
                _findings.Duplicate($"{path}[{i}]", policies[i].ResourceName);
            _findings.OneOf(path, policies[i].ResourceName, "cpu", "memory");
            _findings.OneOf(path, policies[i].RestartPolicy, "NotRequired", "RestartContainer");
            if (pod.Spec.RestartPolicy == "Never" && policies[i].RestartPolicy != "NotRequired")
                _findings.Invalid(path, policies[i].RestartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
        }
    }
}
