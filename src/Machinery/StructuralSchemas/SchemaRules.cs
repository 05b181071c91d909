using KubeSharp.Machinery.Cel;
using KubeSharp.Machinery.StructuralSchemas.Rules;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>What a CustomResourceDefinition's schema may say and what it may not, apart from being structural.</summary>
/// <param name="requiresAtomicSets">False where an old schema broke this rule already; so for the others.</param>
public sealed class SchemaRules(bool requiresKnownTypes, bool requiresAtomicSets, bool requiresSoundKeys, IRuleCompiler compiler)
{
    /// <summary>Parts of JSON Schema that no CustomResourceDefinition may have.</summary>
    public static IReadOnlyList<string> Unsupported { get; } = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];

    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

    /// <param name="ForbidsDefaults">Why there may be no default here; null where there may.</param>
    /// <param name="Uncorrelatable">The path from which on old and new values cannot be matched.</param>
    /// <param name="Cardinality">How many values of this node one object can have; null without a bound.</param>
    private sealed record Place(string Path, bool IsRoot, bool IsInMetadata, string? ForbidsDefaults, string? Uncorrelatable, ulong? Cardinality);

    public void Validate(JsonSchema schema, string path, bool compilesRules, Findings findings)
    {
        var errors = new Findings();
        var places = new List<RulePlace>();
        Node(schema, new(path, true, false, null, null, 1), errors, compilesRules ? places : null);
        findings.AddRange(errors.Errors);
        // A schema that is wrong has no types for the rules; their errors would only confuse.
        if (!errors.Any)
            Compile(places, path, findings);
    }

    private void Compile(List<RulePlace> places, string path, Findings findings)
    {
        var costs = places.SelectMany(p => compiler.Compile(p, findings)).ToList();
        var total = costs.Aggregate(0UL, (sum, c) => sum > ulong.MaxValue - c.Cost ? ulong.MaxValue : sum + c.Cost);
        if (total <= CelLimits.StaticPerDefinition)
            return;

        const int Shown = 4;
        foreach (var (at, _) in costs.Where(c => c.Cost > CelLimits.StaticPerDefinition / 100).OrderByDescending(c => c.Cost).Take(Shown))
            findings.Forbidden(at, "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema");
        findings.Forbidden(path, RuleCosts.Exceeds("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total, CelLimits.StaticPerDefinition));
    }

    private void Node(JsonSchema schema, Place place, Findings findings, List<RulePlace>? places)
    {
        var path = place.Path;
        Standard(schema, place, findings);
        if (schema.UniqueItems)
            findings.Forbidden(path + ".uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        if (schema is { AllowsAdditional: not null, Properties.Count: > 0 } and not { AllowsAdditional: true, AdditionalProperties: null })
            findings.Forbidden(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive");

        Children(schema, place, findings, places);
        if (schema.PreservesUnknown == false)
            findings.Invalid(path + ".x-kubernetes-preserve-unknown-fields", false, "must be true or undefined");
        MapType(schema, path, findings);
        ListType(schema, path, findings);
        if (requiresSoundKeys)
            Keys(schema, path, findings);
        Rules(schema, place, findings, places);
    }

    private void Standard(JsonSchema schema, Place place, Findings findings)
    {
        var path = place.Path;
        if (requiresKnownTypes && schema.Type.Length > 0 && !Types.Contains(schema.Type))
            findings.NotSupported(path + ".type", schema.Type, Types);
        if (schema.Default is not null && place.ForbidsDefaults is { } why)
            findings.Forbidden(path + ".default", $"must not be set {why}");
        foreach (var name in Unsupported)
        {
            if (schema.Has(name))
                findings.Forbidden($"{path}.{name}", $"{name} is not supported");
        }

        if (schema.Type == "null")
            findings.Forbidden(path + ".type", "type cannot be set to null, use nullable as an alternative");
        if (schema.ItemsList.Count > 0)
            findings.Forbidden(path + ".items", "items must be a schema object and not an array");
        if (place.IsInMetadata && schema.IsEmbeddedResource)
            findings.Forbidden(path + ".x-kubernetes-embedded-resource", "must not be used inside of resource meta");
    }

    private void Children(JsonSchema schema, Place place, Findings findings, List<RulePlace>? places)
    {
        var path = place.Path;
        var inner = place with { IsRoot = false };
        if (schema.AdditionalProperties is { } others)
        {
            var why = place.IsInMetadata ? "inside additionalProperties applying to object metadata" : place.ForbidsDefaults;
            Node(others, inner with { Path = path + ".additionalProperties", ForbidsDefaults = why, Cardinality = RuleCosts.Times(place.Cardinality, schema.MaxProperties) }, findings, places);
        }

        foreach (var (name, property) in schema.Properties)
        {
            var isMeta = (place.IsRoot || schema.IsEmbeddedResource) && Pruning.IsTypeOrMeta(name);
            Node(property, inner with
            {
                Path = $"{path}.properties[{name}]",
                IsInMetadata = place.IsInMetadata || isMeta,
                ForbidsDefaults = isMeta && place.IsRoot ? $"in top-level {name}" : place.ForbidsDefaults,
            }, findings, places);
        }

        if (schema.Not is { } not)
            Node(not, inner with { Path = path + ".not" }, findings, null);
        foreach (var (name, list) in new[] { ("allOf", schema.AllOf), ("oneOf", schema.OneOf), ("anyOf", schema.AnyOf) })
        {
            for (var i = 0; i < list.Count; i++)
                Node(list[i], inner with { Path = $"{path}.{name}[{i}]" }, findings, null);
        }

        var item = inner with { Cardinality = RuleCosts.Times(place.Cardinality, schema.MaxItems), Uncorrelatable = place.Uncorrelatable ?? (schema.ListType == "map" ? null : path) };
        if (schema.Items is { } items)
            Node(items, item with { Path = path + ".items" }, findings, places);
        for (var i = 0; i < schema.ItemsList.Count; i++)
            Node(schema.ItemsList[i], item with { Path = $"{path}.items[{i}]" }, findings, places);
    }

    private static void MapType(JsonSchema schema, string path, Findings findings)
    {
        if (schema.MapType is null)
            return;

        Must("object", schema.Type, path + ".type", "must be object if x-kubernetes-map-type is specified", findings);
        if (schema.MapType is not ("atomic" or "granular"))
            findings.NotOneOf(path + ".x-kubernetes-map-type", schema.MapType, "atomic", "granular");
    }

    private void ListType(JsonSchema schema, string path, Findings findings)
    {
        var field = path + ".x-kubernetes-list-type";
        if (schema.ListType is not null && !Must("array", schema.Type, path + ".type", "must be array if x-kubernetes-list-type is specified", findings))
        {
        }
        else if (requiresAtomicSets && schema is { ListType: "set", Items: { } element } && !IsAtomic(element))
        {
            var name = element.Type == "array" ? "x-kubernetes-list-type" : "x-kubernetes-map-type";
            findings.Invalid($"{path}.items.{name}", element.ListType, "must be atomic as item of a list with x-kubernetes-list-type=set");
        }

        if (schema.ListType is not (null or "atomic" or "set" or "map"))
            findings.NotOneOf(field, schema.ListType, "atomic", "set", "map");
        if (schema.ListMapKeys.Count > 0 && schema.ListType is null)
            findings.Required(field, "must be map if x-kubernetes-list-map-keys is non-empty");
        else if (schema.ListMapKeys.Count > 0 && schema.ListType != "map")
            findings.Invalid(field, schema.ListType, "must be map if x-kubernetes-list-map-keys is non-empty");
        if (schema.ListType != "map")
            return;

        var keys = path + ".x-kubernetes-list-map-keys";
        if (schema.ListMapKeys.Count == 0)
            findings.Required(keys, "must not be empty if x-kubernetes-list-type is map");
        if (schema.Items is null)
        {
            if (schema.ItemsList.Count == 0)
                findings.Required(path + ".items", "must have a schema if x-kubernetes-list-type is map");
            else
                findings.Invalid(path + ".items", JsonTree.Shown(schema.Source["items"]), "must only have a single schema if x-kubernetes-list-type is map");
        }
        else if (schema.Items.Type != "object")
            findings.Invalid(path + ".items.type", schema.Items.Type, "must be object if parent array's x-kubernetes-list-type is map");
        else
            MapKeys(schema, schema.Items, path, keys, findings);
    }

    private static void MapKeys(JsonSchema schema, JsonSchema items, string path, string field, Findings findings)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in schema.ListMapKeys)
        {
            if (!items.Properties.TryGetValue(key, out var property))
                findings.Invalid(field, schema.ListMapKeys, "entries must all be names of item properties");
            else if (property.Type is "array" or "object")
                findings.Invalid($"{path}.items.properties[{key}].type", items.Type, "must be a scalar type if parent array's x-kubernetes-list-type is map");
            if (!seen.Add(key))
                findings.Invalid(field, schema.ListMapKeys, "must not contain duplicate entries");
        }
    }

    private static bool IsAtomic(JsonSchema element) => element.Type switch
    {
        "array" => element.ListType is null or "atomic",
        "object" => element.MapType == "atomic",
        _ => true,
    };

    public static bool HasUnsoundKeys(JsonSchema schema)
    {
        var findings = new Findings();
        Keys(schema, "", findings);
        return findings.Any;
    }

    public static bool HasNonAtomicSet(JsonSchema schema) => schema is { ListType: "set", Items: { } element } && !IsAtomic(element);

    public static bool HasUnknownType(JsonSchema schema) => schema.Type.Length > 0 && !Types.Contains(schema.Type);

    /// <summary>Items of sets and maps, and the keys of maps, must always be there.</summary>
    private static void Keys(JsonSchema schema, string path, Findings findings)
    {
        if (schema is not { ListType: "set" or "map", Items: { } items })
            return;

        if (items.Nullable)
            findings.Forbidden(path + ".items.nullable", $"cannot be nullable when x-kubernetes-list-type is {schema.ListType}");
        foreach (var key in schema.ListType == "map" ? schema.ListMapKeys : [])
        {
            if (!items.Properties.TryGetValue(key, out var property))
                continue;

            var field = $"{path}.items.properties[{key}]";
            if (!items.Required.Contains(key) && property.Default is null)
                findings.Required(field + ".default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            if (property.Nullable)
                findings.Forbidden(field + ".nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
    }

    private static void Rules(JsonSchema schema, Place place, Findings findings, List<RulePlace>? places)
    {
        for (var i = 0; i < schema.Rules.Count; i++)
            Rule(schema.Rules[i], schema, $"{place.Path}.x-kubernetes-validations[{i}]", findings);
        if (schema.Rules.Count > 0)
            places?.Add(new(schema, place.Path, place.IsRoot, place.Uncorrelatable, place.Cardinality));
    }

    private static void Rule(SchemaRule rule, JsonSchema schema, string path, Findings findings)
    {
        var message = rule.Message.Trim();
        if (rule.Rule.Trim().Length == 0)
            findings.Required(path + ".rule", "rule is not specified");
        else if (rule.Message.Length > 0 && message.Length == 0)
            findings.Invalid(path + ".message", rule.Message, "must be non-empty if specified");
        else if (HasLineBreak(message))
            findings.Invalid(path + ".message", rule.Message, "must not contain line breaks");
        else if (HasLineBreak(rule.Rule.Trim()) && message.Length == 0)
            findings.Required(path + ".message", "message must be specified if rule contains line breaks");
        if (rule.MessageExpression.Length > 0 && rule.MessageExpression.Trim().Length == 0)
            findings.Required(path + ".messageExpression", "messageExpression must be non-empty if specified");
        if (rule.Reason is not null && !Reasons.Contains(rule.Reason))
            findings.NotOneOf(path + ".reason", rule.Reason, Reasons);
        if (rule.FieldPath.Length > 0 && rule.FieldPath.Trim().Length == 0)
            findings.Invalid(path + ".fieldPath", rule.FieldPath, "must be non-empty if specified");
        if (HasLineBreak(rule.FieldPath))
            findings.Invalid(path + ".fieldPath", rule.FieldPath, "must not contain line breaks");
        if (rule.FieldPath.Length > 0 && FieldPath.Resolve(rule.FieldPath, schema).Problem is not null)
            findings.Invalid(path + ".fieldPath", rule.FieldPath, "must be a valid path");
    }

    private static bool HasLineBreak(string text) => text.AsSpan().ContainsAny('\n', '\r');

    private static bool Must(string wanted, string type, string field, string why, Findings findings)
    {
        if (type.Length == 0)
            findings.Required(field, why);
        else if (type != wanted)
            findings.Invalid(field, type, why);
        return type == wanted;
    }
}
