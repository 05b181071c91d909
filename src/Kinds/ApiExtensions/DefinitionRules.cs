using KubeSharp.Kinds.Rules;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The rules of <c>spec</c>. What all versions say alike is reported once, where upstream's internal form keeps it.</summary>
internal static class DefinitionRules
{
    private const int MaxWarning = 256;

    public static void Validate(CustomResourceDefinition definition, Strictness strictness, Findings findings)
    {
        var spec = definition.Spec;
        Group(spec.Group, findings);
        findings.OneOf("spec.scope", spec.Scope, "Cluster", "Namespaced");
        for (var i = 0; i < spec.Versions.Count; i++)
        {
            if (spec.Versions[i].Schema?.OpenAPIV3Schema is null && (strictness.RequiresSchema || (spec.Versions[i].Served && !spec.PreserveUnknownFields)))
                findings.Required($"spec.versions[{i}].schema.openAPIV3Schema", strictness.RequiresSchema ? "" : "because otherwise all fields are pruned");
        }

        Versions(spec, findings);
        NamesRules.Require(spec.Names, "spec.names", findings);
        NamesRules.Validate(spec.Names, "spec.names", findings);
        Parts(spec, strictness, findings);
        ConversionRules.Validate(spec, strictness, findings);
    }

    public static void ValidateImmutable(CustomResourceDefinition old, CustomResourceDefinition obj, Findings findings)
    {
        if (old.Status.Conditions.Any(c => c is { Type: "Established", Status: "True" }))
        {
            findings.Immutable("spec.scope", old.Spec.Scope, obj.Spec.Scope);
            findings.Immutable("spec.names.kind", old.Spec.Names.Kind, obj.Spec.Names.Kind);
        }

        findings.Immutable("spec.group", old.Spec.Group, obj.Spec.Group);
        findings.Immutable("spec.names.plural", old.Spec.Names.Plural, obj.Spec.Names.Plural);
    }

    private static void Group(string group, Findings findings)
    {
        const string Field = "spec.group";
        var problems = NameRules.Dns1123Subdomain(group).ToList();
        if (group.Length == 0)
            findings.Required(Field);
        else if (problems.Count > 0)
            findings.Invalid(Field, group, string.Join(",", problems));
        else if (!group.Contains('.', StringComparison.Ordinal))
            findings.Invalid(Field, group, "should be a domain with at least one dot");
    }

    private static void Versions(CustomResourceDefinitionSpec spec, Findings findings)
    {
        const string Field = "spec.versions";
        for (var i = 0; i < spec.Versions.Count; i++)
        {
            var version = spec.Versions[i];
            var problems = NameRules.Dns1035Label(version.Name).ToList();
            if (problems.Count > 0)
                findings.Invalid($"{Field}[{i}].name", version.Name, string.Join(",", problems));
            Deprecation(version, $"{Field}[{i}].deprecationWarning", findings);
        }

        var names = spec.Versions.Select(v => v.Name).ToList();
        if (names.Distinct().Count() < names.Count)
            findings.Invalid(Field, VersionsForm.Of(spec), "must contain unique version names");
        if (spec.Versions.Count(v => v.Storage) != 1)
            findings.Invalid(Field, VersionsForm.Of(spec), "must have exactly one version marked as storage version");
        // Upstream's internal form repeats the first version's name, and complains of both.
        if (spec.Versions is [{ Name.Length: > 0 } first, ..] && NameRules.Dns1035Label(first.Name).ToList() is { Count: > 0 } wrong)
            findings.Invalid("spec.version", first.Name, string.Join(",", wrong));
    }

    private static void Deprecation(CustomResourceDefinitionVersion version, string field, Findings findings)
    {
        if (version.DeprecationWarning is not { } warning)
            return;

        if (!version.Deprecated)
        {
            findings.Invalid(field, warning, "can only be set for deprecated versions");
            return;
        }

        if (System.Text.Encoding.UTF8.GetByteCount(warning) > MaxWarning)
            findings.Invalid(field, warning, "must be <= 256 characters long");
        if (warning.Length == 0)
            findings.Invalid(field, warning, "must not be an empty string");
        if (warning.AsSpan().IndexOfAnyInRange('\0', '\u001f') is >= 0 and var at)
            findings.Invalid(field, InternalForm.Of(w => w.WriteStringValue(warning)), $"must only contain printable UTF-8 characters; non-printable character found at index {at}");
    }

    private static void Parts(CustomResourceDefinitionSpec spec, Strictness strictness, Findings findings)
    {
        var versions = spec.Versions;
        var hasDefaults = versions.Select(DefinitionSchemas.Of).OfType<JsonSchema>().Any(s => s.All().Any(n => n.Default is not null));
        if (spec.PreserveUnknownFields && hasDefaults)
            findings.Invalid("spec.preserveUnknownFields", true, "must be false in order to use defaults in the schema");

        var hasStatus = versions.Any(v => v.Subresources?.Status is not null);
        Each(v => v.Schema is { } s ? Json.TextOf(s) : "", "schema", "spec.validation", (v, field) =>
            SchemaOfVersion.Validate(v, AllAlike(v => v.Subresources is { } s ? Json.TextOf(s) : "") ? hasStatus : v.Subresources?.Status is not null, spec.PreserveUnknownFields, strictness, field, findings));
        Each(v => v.Subresources is { } s ? Json.TextOf(s) : "", "subresources", "spec.subresources", (v, field) =>
            SubresourceRules.Validate(v.Subresources, field, findings));
        Each(v => string.Join('\n', v.AdditionalPrinterColumns.Select(Json.TextOf)), "additionalPrinterColumns", "spec.additionalPrinterColumns", (v, field) =>
            ColumnRules.Validate(v.AdditionalPrinterColumns, field, findings));
        Each(v => string.Join('\n', v.SelectableFields.Select(Json.TextOf)), "selectableFields", "spec.selectableFields", (v, field) =>
            SelectableFieldRules.Validate(v, strictness.MaxSelectableFields, field, findings));

        bool AllAlike(Func<CustomResourceDefinitionVersion, string> part) => versions.Select(part).Distinct().Count() == 1;

        void Each(Func<CustomResourceDefinitionVersion, string> part, string name, string common, Action<CustomResourceDefinitionVersion, string> validate)
        {
            if (versions.Count > 0 && AllAlike(part))
            {
                validate(versions[0], common);
                return;
            }

            for (var i = 0; i < versions.Count; i++)
                validate(versions[i], $"spec.versions[{i}].{name}");
        }
    }
}
