using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>
/// What makes a schema structural (KEP-1979): every value has one type that stands outside of allOf, anyOf, oneOf and not, and these only
/// restrict what is specified outside of them. Only then can unknown fields be told from known ones.
/// </summary>
public static class StructuralRules
{
    private enum Level
    {
        Root,
        Item,
        Field,
    }

    /// <summary>The errors in the order of their texts, as upstream.</summary>
    public static IReadOnlyList<Finding> Validate(JsonSchema schema, string path)
    {
        var findings = new Findings();
        Node(schema, Level.Root, path, findings);
        Complete(schema, schema, path, path, findings);
        return [.. findings.Errors.OrderBy(e => e.ToString(), StringComparer.Ordinal)];
    }

    private static void Node(JsonSchema schema, Level level, string path, Findings findings)
    {
        if (schema.Type == "array" && schema.Items is null)
            findings.Required(path + ".items", "must be specified");
        if (schema.Items is { } items)
            Node(items, Level.Item, path + ".items", findings);
        foreach (var (name, property) in schema.Properties)
            Node(property, Level.Field, $"{path}.properties[{name}]", findings);
        if (schema.AllowsAdditional is not null && level == Level.Root)
            findings.Forbidden(path + ".additionalProperties", "must not be used at the root");
        if (schema.AdditionalProperties is { } others)
            Node(others, Level.Field, path + ".additionalProperties", findings);

        if (schema.IsIntOrString && schema.PreservesUnknown == true)
            findings.Invalid(path + ".x-kubernetes-preserve-unknown-fields", true, "must be false if x-kubernetes-int-or-string is true");
        if (schema.IsIntOrString && schema.IsEmbeddedResource)
            findings.Invalid(path + ".x-kubernetes-embedded-resource", true, "must be false if x-kubernetes-int-or-string is true");

        Values(schema, IsIntOrString(schema.AnyOf), schema.AllOf.Count > 0 && IsIntOrString(schema.AllOf[0].AnyOf), path, findings);
        Type(schema, level, path, findings);
        Metadata(schema, level, path, findings);
        if (schema is { IsEmbeddedResource: true, PreservesUnknown: not true, Properties.Count: 0 })
            findings.Required(path + ".properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
    }

    private static void Type(JsonSchema schema, Level level, string path, Findings findings)
    {
        var field = path + ".type";
        if (schema.IsEmbeddedResource && schema.Type != "object")
        {
            if (schema.Type.Length == 0)
                findings.Required(field, "must be object if x-kubernetes-embedded-resource is true");
            else
                findings.Invalid(field, schema.Type, "must be object if x-kubernetes-embedded-resource is true");
        }
        else if (schema.Type.Length == 0 && !schema.IsIntOrString && schema.PreservesUnknown != true)
        {
            findings.Required(field, level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }

        if (schema.IsEmbeddedResource && schema.AllowsAdditional is not null)
            findings.Forbidden(path + ".additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");
        if (level == Level.Root && schema.Type.Length > 0 && schema.Type != "object")
            findings.Invalid(field, schema.Type, "must be object at the root");
    }

    /// <summary>Kind, version and metadata are the server's; of metadata a schema may restrict the names only.</summary>
    private static void Metadata(JsonSchema schema, Level level, string path, Findings findings)
    {
        var isChecked = level == Level.Root || schema.IsEmbeddedResource;
        foreach (var name in new[] { "kind", "apiVersion" })
        {
            if (isChecked && schema.Properties.TryGetValue(name, out var text) && text.Type != "string")
                findings.Invalid($"{path}.properties[{name}].type", text.Type, "must be string");
        }

        if (!schema.Properties.TryGetValue("metadata", out var metadata))
            return;

        var field = path + ".properties[metadata]";
        if (isChecked && metadata.Type != "object")
            findings.Invalid(field + ".type", metadata.Type, "must be object");
        if (level == Level.Root && !SaysOnlyNames(metadata))
            findings.Forbidden(field, "must not specify anything other than name and generateName, but metadata is implicitly specified");
    }

    private static bool SaysOnlyNames(JsonSchema metadata) => metadata.Properties.Keys.All(n => n is "name" or "generateName")
        && metadata.Source.All(p => p.Key is "type" or "properties" or "default" || p.Value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || JsonTree.AsText(p.Value) is "" || JsonTree.AsBoolean(p.Value) == false);

    private static void Values(JsonSchema schema, bool skipsAnyOf, bool skipsFirstAllOf, string path, Findings findings)
    {
        for (var i = 0; !skipsAnyOf && i < schema.AnyOf.Count; i++)
            Nested(schema.AnyOf[i], skipsAnyOf: false, $"{path}.anyOf[{i}]", findings);
        for (var i = 0; i < schema.AllOf.Count; i++)
            Nested(schema.AllOf[i], skipsFirstAllOf && i == 0, $"{path}.allOf[{i}]", findings);
        for (var i = 0; i < schema.OneOf.Count; i++)
            Nested(schema.OneOf[i], skipsAnyOf: false, $"{path}.oneOf[{i}]", findings);
        if (schema.Not is { } not)
            Nested(not, skipsAnyOf: false, path + ".not", findings);
        if (schema.Pattern.Length == 0)
            return;

        if (Re2Pattern.Compile(schema.Pattern, out var problem) is null)
            findings.Invalid(path + ".pattern", schema.Pattern, $"must be a valid regular expression, but isn't: {problem}");
    }

    private static void Nested(JsonSchema schema, bool skipsAnyOf, string path, Findings findings)
    {
        Values(schema, skipsAnyOf, skipsFirstAllOf: false, path, findings);
        if (schema.Items is { } items)
            Nested(items, skipsAnyOf: false, path + ".items", findings);
        foreach (var (name, property) in schema.Properties)
            Nested(property, skipsAnyOf: false, $"{path}.properties[{name}]", findings);

        Forbid(schema.Type.Length > 0, "type", "must be empty");
        Forbid(schema.AllowsAdditional == true, "additionalProperties", "must be undefined");
        Forbid(schema.Default is not null, "default", "must be undefined");
        Forbid(schema.Title.Length > 0, "title", "must be empty");
        Forbid(schema.Description.Length > 0, "description", "must be empty");
        Forbid(schema.Nullable, "nullable", "must be false");
        Forbid(schema.PreservesUnknown == true, "x-kubernetes-preserve-unknown-fields", "must be false");
        Forbid(schema.IsEmbeddedResource, "x-kubernetes-embedded-resource", "must be false");
        Forbid(schema.IsIntOrString, "x-kubernetes-int-or-string", "must be false");
        Forbid(schema.ListMapKeys.Count > 0, "x-kubernetes-list-map-keys", "must be empty");
        Forbid(schema.ListType is not null, "x-kubernetes-list-type", "must be undefined");
        Forbid(schema.MapType is not null, "x-kubernetes-map-type", "must be undefined");
        Forbid(schema.Rules.Count > 0, "x-kubernetes-validations", "must be empty");
        if (schema.Properties.ContainsKey("metadata"))
            findings.Forbidden(path + ".properties[metadata]", "must not be specified in a nested context");

        void Forbid(bool isThere, string name, string why)
        {
            if (isThere)
                findings.Forbidden($"{path}.{name}", why + " to be structural");
        }
    }

    private static bool IsIntOrString(IReadOnlyList<JsonSchema> anyOf) => anyOf.Count == 2
        && JsonTree.Text(anyOf[0].Source) == """{"type":"integer"}""" && JsonTree.Text(anyOf[1].Source) == """{"type":"string"}""";

    /// <summary>What allOf and its kin restrict must be specified outside of them.</summary>
    private static void Complete(JsonSchema restriction, JsonSchema schema, string schemaPath, string path, Findings findings)
    {
        if (restriction.Not is { } not)
            CompleteNested(not, schema, schemaPath, path + ".not", findings);
        foreach (var (name, list) in new[] { ("allOf", restriction.AllOf), ("anyOf", restriction.AnyOf), ("oneOf", restriction.OneOf) })
        {
            for (var i = 0; i < list.Count; i++)
                CompleteNested(list[i], schema, schemaPath, $"{path}.{name}[{i}]", findings);
        }
    }

    private static void CompleteNested(JsonSchema restriction, JsonSchema? schema, string schemaPath, string path, Findings findings)
    {
        if (schema is null)
        {
            findings.Required(schemaPath, $"because it is defined in {path}");
            return;
        }

        Complete(restriction, schema, schemaPath, path, findings);
        if (restriction.Items is { } items)
            CompleteNested(items, schema.Items, schemaPath + ".items", path + ".items", findings);
        foreach (var (name, property) in restriction.Properties)
            CompleteNested(property, schema.Properties.GetValueOrDefault(name), $"{schemaPath}.properties[{name}]", $"{path}.properties[{name}]", findings);
    }
}
