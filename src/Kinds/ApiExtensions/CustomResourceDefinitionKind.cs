using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>All the API server knows about CustomResourceDefinitions; what they define is served by <c>ApiServer/CustomResources</c>.</summary>
internal sealed class CustomResourceDefinitionKind : Kind<CustomResourceDefinition>
{
    public override bool UpdatesUnconditionally => false;

    public override CustomResourceDefinition ApplyDefaults(CustomResourceDefinition obj)
    {
        var names = obj.Spec.Names;
        var spec = obj.Spec with
        {
            Names = names with
            {
                Singular = names.Singular.Length > 0 ? names.Singular : names.Kind.ToLowerInvariant(),
                ListKind = names.ListKind.Length > 0 || names.Kind.Length == 0 ? names.ListKind : names.Kind + "List",
            },
            Conversion = WithPort(obj.Spec.Conversion) ?? new() { Strategy = "None" },
        };
        var status = obj.Status.StoredVersions.Count > 0 ? obj.Status : obj.Status with { StoredVersions = StorageVersionOf(obj.Spec) };
        return obj with { Spec = spec, Status = status };
    }

    public override CustomResourceDefinition PrepareForCreate(CustomResourceDefinition obj) => obj with { Status = new() { StoredVersions = StorageVersionOf(obj.Spec) } };

    /// <summary>A version once used for storage stays noted until somebody has seen to its objects.</summary>
    public override CustomResourceDefinition PrepareForUpdate(CustomResourceDefinition old, CustomResourceDefinition obj) =>
        obj with { Status = old.Status with { StoredVersions = [.. old.Status.StoredVersions.Union(StorageVersionOf(obj.Spec))] } };

    public override void Validate(CustomResourceDefinition obj, Findings findings)
    {
        if (obj.Metadata.Name != $"{obj.Spec.Names.Plural}.{obj.Spec.Group}")
            findings.Invalid("metadata.name", obj.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        DefinitionRules.Validate(obj, Strictness.OfCreate, findings);
        ValidateStatus(obj, findings);
        ApprovalRules.Validate(obj, null, findings);
        if (obj.Spec.PreserveUnknownFields)
            PreserveUnknown(findings);
        DefinitionWarnings.Warn(obj, null, findings);
    }

    public override void ValidateUpdate(CustomResourceDefinition old, CustomResourceDefinition obj, Findings findings)
    {
        DefinitionRules.Validate(obj, Strictness.OfUpdate(old), findings);
        DefinitionRules.ValidateImmutable(old, obj, findings);
        ValidateStatus(obj, findings);
        ApprovalRules.Validate(obj, old, findings);
        if (obj.Spec.PreserveUnknownFields && !old.Spec.PreserveUnknownFields)
            PreserveUnknown(findings);
        DefinitionWarnings.Warn(obj, old, findings);
    }

    public override void ValidateStatusUpdate(CustomResourceDefinition old, CustomResourceDefinition obj, Findings findings) =>
        NamesRules.Validate(obj.Status.AcceptedNames, "status.acceptedNames", findings);

    private static void ValidateStatus(CustomResourceDefinition obj, Findings findings)
    {
        const string Field = "status.storedVersions";
        NamesRules.Validate(obj.Status.AcceptedNames, "status.acceptedNames", findings);
        var stored = obj.Status.StoredVersions;
        if (stored.Count == 0)
        {
            findings.Invalid(Field, null, "must have at least one stored version");
            return;
        }

        var left = stored.ToHashSet();
        foreach (var version in obj.Spec.Versions)
        {
            if (!left.Remove(version.Name) && version.Storage)
                findings.Invalid(Field, stored, "must have the storage version " + version.Name);
        }

        for (var i = 0; i < stored.Count; i++)
        {
            if (!obj.Spec.Versions.Any(v => v.Name == stored[i]))
            {
                findings.Invalid($"{Field}[{i}]", stored[i],
                    $"missing from spec.versions; {stored[i]} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {stored[i]} and removes {stored[i]} from status.storedVersions");
            }
        }
    }

    private static void PreserveUnknown(Findings findings) =>
        findings.Invalid("spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");

    private static string[] StorageVersionOf(CustomResourceDefinitionSpec spec) => [.. spec.Versions.Where(v => v.Storage).Select(v => v.Name).Take(1)];

    private static CustomResourceConversion? WithPort(CustomResourceConversion? conversion) => conversion?.Webhook?.ClientConfig?.Service is { Port: null } service
        ? conversion with { Webhook = conversion.Webhook! with { ClientConfig = conversion.Webhook!.ClientConfig! with { Service = service with { Port = 443 } } } }
        : conversion;
}
