using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Storage;

/// <summary>What a claim asks for, by itself or in a template.</summary>
internal static class ClaimSpecRules
{
    public static void Validate(PersistentVolumeClaimSpec spec, string path, Findings findings)
    {
        if (spec.AccessModes.Count == 0)
            findings.Required($"{path}.accessModes", "at least 1 access mode is required");
        findings.Selector($"{path}.selector", spec.Selector);
        findings.AccessModes($"{path}.accessModes", spec.AccessModes);
        if (!spec.Resources.Requests.TryGetValue("storage", out var size))
            findings.Required($"{path}.resources[storage]");
        else if (size.Sign <= 0)
            findings.Invalid($"{path}.resources[storage]", size, "must be greater than zero");

        Name($"{path}.storageClassName", spec.StorageClassName, findings);
        findings.VolumeMode($"{path}.volumeMode", spec.VolumeMode);
        if (spec.DataSource is { } source)
            Origin(source.ApiGroup, source.Kind, source.Name, $"{path}.dataSource", findings);
        if (spec.DataSourceRef is { } reference)
        {
            Origin(reference.ApiGroup, reference.Kind, reference.Name, $"{path}.dataSourceRef", findings);
            if (reference.Namespace is { Length: > 0 } ns)
                findings.Each($"{path}.dataSourceRef.namespace", ns, NameRules.Dns1123Label(ns));
        }

        BothOrigins(spec, path, findings);
        Name($"{path}.volumeAttributesClassName", spec.VolumeAttributesClassName, findings);
    }

    private static void Name(string field, string? name, Findings findings)
    {
        if (name is { Length: > 0 })
            findings.Each(field, name, NameRules.Dns1123Subdomain(name));
    }

    private static void Origin(string? group, string kind, string name, string path, Findings findings)
    {
        findings.Present($"{path}.name", name);
        findings.Present($"{path}.kind", kind);
        if (group is { Length: > 0 })
            findings.Each($"{path}.apiGroup", group, NameRules.Dns1123Subdomain(group));
        else if (kind != "PersistentVolumeClaim")
            findings.Invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    }

    private static void BothOrigins(PersistentVolumeClaimSpec spec, string path, Findings findings)
    {
        if (spec is not { DataSource: { } source, DataSourceRef: { } reference })
            return;

        if (reference.Namespace is { Length: > 0 })
            findings.Invalid(path, $"{path}.dataSource", "may not be specified when dataSourceRef.namespace is specified");
        else if ((source.ApiGroup, source.Kind, source.Name) != (reference.ApiGroup, reference.Kind, reference.Name))
            findings.Invalid(path, $"{path}.dataSource", "must match dataSourceRef");
    }
}
