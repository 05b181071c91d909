using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>A rule of <c>x-kubernetes-validations</c>.</summary>
public sealed record SchemaRule(string Rule)
{
    public string Message { get; init; } = "";

    public string MessageExpression { get; init; } = "";

    /// <summary><c>FieldValueInvalid</c> and its kin; null for that.</summary>
    public string? Reason { get; init; }

    public string FieldPath { get; init; } = "";

    public bool? OptionalOldSelf { get; init; }
}

/// <summary>A node of a CustomResourceDefinition's schema (<c>JSONSchemaProps</c>) as its author wrote it. Immutable.</summary>
public sealed class JsonSchema
{
    private static readonly IReadOnlyDictionary<string, JsonSchema> NoProperties = new SortedDictionary<string, JsonSchema>(StringComparer.Ordinal);

    private JsonSchema(JsonObject source)
    {
        Source = source;
        Type = Text("type");
        Format = Text("format");
        Title = Text("title");
        Description = Text("description");
        Default = source["default"];
        Nullable = Flag("nullable");
        (Maximum, Minimum, MultipleOf) = (JsonTree.AsNumber(source["maximum"]), JsonTree.AsNumber(source["minimum"]), JsonTree.AsNumber(source["multipleOf"]));
        (ExclusiveMaximum, ExclusiveMinimum) = (Flag("exclusiveMaximum"), Flag("exclusiveMinimum"));
        (MaxLength, MinLength) = (Count("maxLength"), Count("minLength"));
        (MaxItems, MinItems) = (Count("maxItems"), Count("minItems"));
        (MaxProperties, MinProperties) = (Count("maxProperties"), Count("minProperties"));
        Pattern = Text("pattern");
        UniqueItems = Flag("uniqueItems");
        Required = Texts("required");
        Enum = source["enum"] is JsonArray values ? [.. values] : [];
        AllOf = Schemas("allOf");
        OneOf = Schemas("oneOf");
        AnyOf = Schemas("anyOf");
        Not = One("not");
        Properties = Map("properties");
        Items = One("items");
        ItemsList = Schemas("items");
        AdditionalProperties = One("additionalProperties");
        AllowsAdditional = JsonTree.AsBoolean(source["additionalProperties"]) ?? (AdditionalProperties is null ? null : true);
        PreservesUnknown = JsonTree.AsBoolean(source["x-kubernetes-preserve-unknown-fields"]);
        IsEmbeddedResource = Flag("x-kubernetes-embedded-resource");
        IsIntOrString = Flag("x-kubernetes-int-or-string");
        ListType = JsonTree.AsText(source["x-kubernetes-list-type"]);
        ListMapKeys = Texts("x-kubernetes-list-map-keys");
        MapType = JsonTree.AsText(source["x-kubernetes-map-type"]);
        Rules = source["x-kubernetes-validations"] is JsonArray rules ? [.. rules.OfType<JsonObject>().Select(RuleOf)] : [];
    }

    /// <summary>The schema that says nothing.</summary>
    public static JsonSchema Empty { get; } = new(new());

    /// <summary>The node as it was written; never changed.</summary>
    public JsonObject Source { get; }

    public string Type { get; }

    public string Format { get; }

    public string Title { get; }

    public string Description { get; }

    public JsonNode? Default { get; }

    public bool Nullable { get; }

    public double? Maximum { get; }

    public double? Minimum { get; }

    public double? MultipleOf { get; }

    public bool ExclusiveMaximum { get; }

    public bool ExclusiveMinimum { get; }

    public long? MaxLength { get; }

    public long? MinLength { get; }

    public long? MaxItems { get; }

    public long? MinItems { get; }

    public long? MaxProperties { get; }

    public long? MinProperties { get; }

    public string Pattern { get; }

    public bool UniqueItems { get; }

    public IReadOnlyList<string> Required { get; }

    public IReadOnlyList<JsonNode?> Enum { get; }

    public IReadOnlyList<JsonSchema> AllOf { get; }

    public IReadOnlyList<JsonSchema> OneOf { get; }

    public IReadOnlyList<JsonSchema> AnyOf { get; }

    public JsonSchema? Not { get; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyDictionary<string, JsonSchema> Properties { get; }

    public JsonSchema? Items { get; }

    /// <summary>The forbidden form in which each item has a schema of its own.</summary>
    public IReadOnlyList<JsonSchema> ItemsList { get; }

    public JsonSchema? AdditionalProperties { get; }

    /// <summary>Absent where the author says nothing of additional properties.</summary>
    public bool? AllowsAdditional { get; }

    public bool? PreservesUnknown { get; }

    public bool IsEmbeddedResource { get; }

    public bool IsIntOrString { get; }

    public string? ListType { get; }

    public IReadOnlyList<string> ListMapKeys { get; }

    public string? MapType { get; }

    public IReadOnlyList<SchemaRule> Rules { get; }

    /// <param name="source">With numbers as <see cref="JsonTree"/> reads them; must not change afterwards.</param>
    public static JsonSchema Of(JsonObject source) => new(source);

    /// <summary>A forbidden part that is only looked for, not used: <c>definitions</c>, <c>patternProperties</c> …</summary>
    public bool Has(string name) => Source[name] is { } part && part is not (JsonObject { Count: 0 } or JsonArray { Count: 0 }) && JsonTree.AsText(part) is not "";

    /// <summary>This node and all below it, forbidden parts included.</summary>
    public IEnumerable<JsonSchema> All()
    {
        IEnumerable<JsonSchema?> children = [Items, .. ItemsList, .. AllOf, .. AnyOf, .. OneOf, Not, .. Properties.Values, AdditionalProperties];
        return children.OfType<JsonSchema>().SelectMany(c => c.All()).Prepend(this);
    }

    private static SchemaRule RuleOf(JsonObject rule) => new(JsonTree.AsText(rule["rule"]) ?? "")
    {
        Message = JsonTree.AsText(rule["message"]) ?? "",
        MessageExpression = JsonTree.AsText(rule["messageExpression"]) ?? "",
        Reason = JsonTree.AsText(rule["reason"]),
        FieldPath = JsonTree.AsText(rule["fieldPath"]) ?? "",
        OptionalOldSelf = JsonTree.AsBoolean(rule["optionalOldSelf"]),
    };

    private string Text(string name) => JsonTree.AsText(Source[name]) ?? "";

    private bool Flag(string name) => JsonTree.AsBoolean(Source[name]) == true;

    private long? Count(string name) => JsonTree.AsInteger(Source[name]);

    private string[] Texts(string name) => Source[name] is JsonArray list ? [.. list.Select(JsonTree.AsText).OfType<string>()] : [];

    private JsonSchema? One(string name) => Source[name] is JsonObject schema ? new(schema) : null;

    private JsonSchema[] Schemas(string name) => Source[name] is JsonArray list ? [.. list.OfType<JsonObject>().Select(s => new JsonSchema(s))] : [];

    private IReadOnlyDictionary<string, JsonSchema> Map(string name) => Source[name] is JsonObject { Count: > 0 } map
        ? new SortedDictionary<string, JsonSchema>(map.Where(p => p.Value is JsonObject).ToDictionary(p => p.Key, p => new JsonSchema(p.Value!.AsObject())), StringComparer.Ordinal)
        : NoProperties;
}
