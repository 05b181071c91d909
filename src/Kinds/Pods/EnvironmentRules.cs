using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Environment variables, and references to fields of the pod, which volumes use too.</summary>
internal static class EnvironmentRules
{
    private static readonly string[] Resources = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private static readonly string[] Fields =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    public static void Validate(Container container, string path, Findings findings)
    {
        for (var i = 0; i < container.Env.Count; i++)
            Variable(container.Env[i], $"{path}.env[{i}]", findings);
        for (var i = 0; i < container.EnvFrom.Count; i++)
            Source(container.EnvFrom[i], $"{path}.envFrom", i, findings);
    }

    /// <param name="allowed">The fields that may be named without a subscript, sorted.</param>
    public static void FieldRef(ObjectFieldSelector field, string path, IReadOnlyList<string> allowed, Findings findings)
    {
        if (field.ApiVersion.Length == 0)
            findings.Required($"{path}.apiVersion");
        else if (field.FieldPath.Length == 0)
            findings.Required($"{path}.fieldPath");
        else if (Subscript(field.FieldPath) is var (name, key))
            Subscripted(name, key, path, findings);
        else if (field.ApiVersion != "v1")
            findings.Invalid($"{path}.fieldPath", field.FieldPath, $"error converting fieldPath: unsupported pod version: {field.ApiVersion}");
        else if (!IsKnown(field.FieldPath))
            findings.Invalid($"{path}.fieldPath", field.FieldPath, $"error converting fieldPath: field label not supported: {field.FieldPath}");
        else if (!allowed.Contains(field.FieldPath))
            findings.NotSupported($"{path}.fieldPath", field.FieldPath, allowed);
    }

    public static void ResourceRef(ResourceFieldSelector resource, string path, bool needsContainer, Findings findings)
    {
        if (needsContainer && resource.ContainerName.Length == 0)
            findings.Required($"{path}.containerName");
        else if (resource.Resource.Length == 0)
            findings.Required($"{path}.resource");
        else if (!Resources.Contains(resource.Resource) && !IsHugePages(resource.Resource))
            findings.NotSupported($"{path}.resource", resource.Resource, Resources);

        if (resource.Divisor.IsZero)
            return;

        var divisor = resource.Divisor.ToString();
        var isCpu = resource.Resource.EndsWith(".cpu", StringComparison.Ordinal);
        if (isCpu && divisor is not ("1m" or "1"))
            findings.Invalid($"{path}.divisor", resource.Resource, "only divisor's values 1m and 1 are supported with the cpu resource");
        else if (!isCpu && divisor is not ("1" or "1k" or "1M" or "1G" or "1T" or "1P" or "1E" or "1Ki" or "1Mi" or "1Gi" or "1Ti" or "1Pi" or "1Ei"))
            findings.Invalid($"{path}.divisor", resource.Resource, $"only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {Word(resource.Resource)} resource");
    }

    private static void Variable(EnvVar variable, string path, Findings findings)
    {
        if (variable.Name.Length == 0)
            findings.Required($"{path}.name");
        else
            findings.Each($"{path}.name", variable.Name, NameRules.EnvironmentVariable(variable.Name));

        if (variable.ValueFrom is { } source)
            From(source, variable.Value, $"{path}.valueFrom", findings);
    }

    private static void From(EnvVarSource source, string value, string path, Findings findings)
    {
        if (source.FieldRef is { } field)
            FieldRef(field, $"{path}.fieldRef", Fields, findings);
        if (source.ResourceFieldRef is { } resource)
            ResourceRef(resource, $"{path}.resourceFieldRef", needsContainer: false, findings);
        if (source.ConfigMapKeyRef is { } configMap)
            Key(configMap.Name, configMap.Key, $"{path}.configMapKeyRef", findings);
        if (source.SecretKeyRef is { } secret)
            Key(secret.Name, secret.Key, $"{path}.secretKeyRef", findings);
        if (source.FileKeyRef is { } file)
            File(file, $"{path}.fileKeyRef", findings);

        object?[] all = [source.FieldRef, source.ResourceFieldRef, source.ConfigMapKeyRef, source.SecretKeyRef, source.FileKeyRef];
        var count = all.Count(s => s is not null);
        if (count == 0)
            findings.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        else if (value.Length > 0)
            findings.Invalid(path, "", "may not be specified when `value` is not empty");
        else if (count > 1)
            findings.Invalid(path, "", "may not have more than one field specified at a time");
    }

    private static void Source(EnvFromSource source, string path, int index, Findings findings)
    {
        if (source.Prefix.Length > 0)
            findings.Each($"{path}[{index}].prefix", source.Prefix, NameRules.EnvironmentVariable(source.Prefix));
        if (source.ConfigMapRef is { } configMap)
            Name(configMap.Name, $"{path}[{index}].configMapRef.name", findings);
        if (source.SecretRef is { } secret)
            Name(secret.Name, $"{path}[{index}].secretRef.name", findings);

        // Upstream reports these two at the list, not at its item.
        if (source is { ConfigMapRef: null, SecretRef: null })
            findings.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
        else if (source is { ConfigMapRef: not null, SecretRef: not null })
            findings.Invalid(path, "", "may not have more than one field specified at a time");
    }

    private static void Name(string name, string path, Findings findings)
    {
        if (name.Length == 0)
            findings.Required(path);
        else
            findings.Each(path, name, NameRules.Dns1123Subdomain(name));
    }

    private static void Key(string name, string key, string path, Findings findings)
    {
        findings.Each($"{path}.name", name, NameRules.Dns1123Subdomain(name));
        if (key.Length == 0)
            findings.Required($"{path}.key");
        else
            findings.Each($"{path}.key", key, NameRules.ConfigMapKey(key));
    }

    private static void File(FileKeySelector file, string path, Findings findings)
    {
        if (file.Key.Length == 0)
            findings.Required($"{path}.key");
        else
            findings.Each($"{path}.key", file.Key, NameRules.EnvironmentVariable(file.Key));
        if (file.VolumeName.Length == 0)
            findings.Required($"{path}.volumeName");
        if (file.Path.Length == 0)
            findings.Required($"{path}.path");
        else
            findings.NotReserved($"{path}.path", file.Path);
    }

    /// <summary><c>metadata.labels['key']</c> in its two parts.</summary>
    private static (string Name, string Key)? Subscript(string fieldPath) =>
        fieldPath.EndsWith("']", StringComparison.Ordinal) && fieldPath.IndexOf("['", StringComparison.Ordinal) is > 0 and var at
            ? (fieldPath[..at], fieldPath[(at + 2)..^2])
            : null;

    private static void Subscripted(string name, string key, string path, Findings findings)
    {
        if (name is "metadata.annotations" or "metadata.labels")
            findings.Each(path, key, NameRules.QualifiedName(name == "metadata.annotations" ? key.ToLowerInvariant() : key));
        else
            findings.Invalid($"{path}.fieldPath", $"{name}['{key}']", $"error converting fieldPath: field label does not support subscript: {name}['{key}']");
    }

    private static bool IsKnown(string fieldPath) => Fields.Contains(fieldPath) || fieldPath is "metadata.annotations" or "metadata.labels" or "spec.restartPolicy"
        or "spec.schedulerName" or "status.phase" or "spec.host";

    private static bool IsHugePages(string resource) =>
        resource.StartsWith("requests.hugepages-", StringComparison.Ordinal) || resource.StartsWith("limits.hugepages-", StringComparison.Ordinal);

    private static string Word(string resource) =>
        IsHugePages(resource) ? "hugepages" : resource.EndsWith("ephemeral-storage", StringComparison.Ordinal) ? "local ephemeral storage" : "memory";
}
