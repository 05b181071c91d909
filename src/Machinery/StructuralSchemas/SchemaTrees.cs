using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Makes the schema tree that patches, apply and OpenAPI walk out of a CustomResourceDefinition's schema.</summary>
public static class SchemaTrees
{
    private static readonly Schema Anything = new(SchemaType.Any);

    /// <param name="name">The name under which OpenAPI publishes the kind: <c>com.example.v1.Widget</c>.</param>
    /// <param name="document">What OpenAPI publishes under that name.</param>
    public static Schema OfObject(JsonSchema schema, string name, JsonObject document)
    {
        var own = Fields(schema).Where(f => !Pruning.IsTypeOrMeta(f.Name)).ToList();
        return new(SchemaType.Object)
        {
            Name = name,
            Description = schema.Description,
            Document = document,
            PreservesUnknown = schema.PreservesUnknown == true,
            ElementOf = Rest(schema),
            FieldsOf = () => [new("apiVersion", Schemas.Text), new("kind", Schemas.Text), new("metadata", ObjectMeta.Schema), .. own],
        };
    }

    private static Schema Of(JsonSchema schema) => schema switch
    {
        { IsIntOrString: true } => new(SchemaType.IntOrString) { Description = schema.Description },
        { IsEmbeddedResource: true } => Embedded(schema),
        { Type: "object", AdditionalProperties: { } values } => new(SchemaType.Map) { Description = schema.Description, ElementOf = Lazily(values), IsAtomic = schema.MapType == "atomic" },
        { Type: "object", Properties.Count: > 0 } => new(SchemaType.Object)
        {
            Description = schema.Description,
            IsAtomic = schema.MapType == "atomic",
            PreservesUnknown = schema.PreservesUnknown == true,
            ElementOf = Rest(schema),
            FieldsOf = () => Fields(schema),
        },
        { Type: "object", PreservesUnknown: not true, AllowsAdditional: null } => new(SchemaType.Object) { Description = schema.Description, IsAtomic = schema.MapType == "atomic", FieldsOf = () => [] },
        { Type: "array", Items: { } items } => new(SchemaType.List) { Description = schema.Description, ElementOf = Lazily(items), ListKind = KindOf(schema), MapKeys = schema.ListMapKeys },
        { Type: "string" } => new(SchemaType.Text) { Description = schema.Description, Format = schema.Format },
        { Type: "integer" } => new(SchemaType.Integer) { Description = schema.Description, Format = schema.Format },
        { Type: "number" } => new(SchemaType.Number) { Description = schema.Description, Format = schema.Format },
        { Type: "boolean" } => new(SchemaType.Boolean) { Description = schema.Description },
        _ => new(SchemaType.Any) { Description = schema.Description, IsAtomic = schema.MapType == "atomic" },
    };

    private static Schema Embedded(JsonSchema schema) => new(SchemaType.Object)
    {
        Description = schema.Description,
        IsAtomic = schema.MapType == "atomic",
        PreservesUnknown = schema.PreservesUnknown == true,
        ElementOf = Rest(schema),
        FieldsOf = () =>
        [
            new("apiVersion", Schemas.Text), new("kind", Schemas.Text), new("metadata", ObjectMeta.Schema),
            .. Fields(schema).Where(f => !Pruning.IsTypeOrMeta(f.Name)),
        ],
    };

    /// <summary>What undeclared fields of an object are, where they are kept.</summary>
    private static Func<Schema>? Rest(JsonSchema schema) => schema.PreservesUnknown == true ? static () => Anything : null;

    private static ListKind KindOf(JsonSchema schema) => schema.ListType switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic };

    private static Func<Schema> Lazily(JsonSchema schema)
    {
        var made = new Lazy<Schema>(() => Of(schema));
        return () => made.Value;
    }

    private static IReadOnlyList<SchemaField> Fields(JsonSchema schema) =>
    [
        .. schema.Properties.Select(p => new SchemaField(p.Key, Of(p.Value))
        {
            Description = p.Value.Description,
            IsRequired = schema.Required.Contains(p.Key),
            Default = p.Value.Default,
            ListKind = KindOf(p.Value),
            MapKeys = p.Value.ListMapKeys,
        }),
    ];
}
