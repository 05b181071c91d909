using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The rules of a version's schema, in upstream's order: structure, defaults, what OpenAPI may say, rules.</summary>
internal static class SchemaOfVersion
{
    /// <summary>What may stand at the root of the schema where status is checked by itself: nothing that would bind it to the rest.</summary>
    private static readonly string[] AtRoot =
    [
        "Description", "Type", "Format", "Title", "Maximum", "ExclusiveMaximum", "Minimum", "ExclusiveMinimum", "MaxLength", "MinLength", "Pattern", "MaxItems", "MinItems",
        "UniqueItems", "MultipleOf", "Required", "Items", "Properties", "ExternalDocs", "Example", "XPreserveUnknownFields", "XValidations",
    ];

    public static void Validate(CustomResourceDefinitionVersion version, bool hasStatus, bool preservesUnknown, Strictness strictness, string field, Findings findings)
    {
        if (DefinitionSchemas.Of(version) is not { } schema)
            return;

        var path = field + ".openAPIV3Schema";
        if (hasStatus)
            Root(schema, path, findings);
        if (schema.Nullable)
            findings.Forbidden(path + ".nullable", "nullable cannot be true at the root");

        // What no structural schema can hold is refused as such, not for what it lacks besides.
        var isSound = !schema.All().Any(n => SchemaRules.Unsupported.Any(n.Has) || n.ItemsList.Count > 0);
        if (isSound && schema.All().Any(n => n.Has("$schema")))
        {
            findings.Invalid(path, "", "OpenAPIV3Schema 'schema' is not supported");
            isSound = false;
        }

        var compiler = RuleCompilers.Default;
        if (isSound && (strictness.RequiresStructure || !preservesUnknown))
        {
            var structure = StructuralRules.Validate(schema, path);
            findings.AddRange(structure);
            isSound = structure.Count == 0;
            if (isSound)
            {
                var before = findings.Errors.Count;
                DefaultRules.Validate(schema, path, strictness.RequiresPrunedDefaults, (metadata, at) => EmbeddedMetadataRules.Validate(metadata, at, findings), compiler.ValidateDefault, findings);
                isSound = findings.Errors.Count == before;
            }
        }

        new SchemaRules(strictness.RequiresKnownTypes, strictness.RequiresAtomicSets, strictness.RequiresSoundKeys, compiler.Rules).Validate(schema, path, isSound, findings);
    }

    private static void Root(JsonSchema schema, string path, Findings findings)
    {
        foreach (var (name, value) in schema.Source)
        {
            if (name == "type")
            {
                if (schema.Type != "object")
                    findings.Invalid(path + ".type", schema.Type, "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
                continue;
            }

            var go = name.StartsWith("x-kubernetes-", StringComparison.Ordinal)
                ? "X" + string.Concat(name["x-kubernetes-".Length..].Split('-').Select(p => char.ToUpperInvariant(p[0]) + p[1..]))
                : char.ToUpperInvariant(name[0]) + name[1..];
            if (value is not null && JsonTree.AsBoolean(value) != false && !AtRoot.Contains(go))
            {
                findings.Invalid(path, InternalForm.Of(schema.Source), $"only [{string.Join(' ', AtRoot)}] fields are allowed at the root of the schema if the status subresource is enabled");
                return;
            }
        }
    }
}
