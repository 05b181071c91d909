using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>The types with which rules see the values of a schema, and how small a value's JSON can be.</summary>
internal static class CelSchemaTypes
{
    private static readonly JsonSchema Text = JsonSchema.Of(new() { ["type"] = "string" });

    /// <returns>Null for what rules cannot see.</returns>
    public static (CelType Type, long MinSize)? Of(JsonSchema schema, bool isResource, string name) => schema switch
    {
        { IsIntOrString: true } => (CelType.Dyn.WithMaxElements(CelSizes.MaxText), CelSizes.MinNumber),
        { Type: "array", Items: { } items } => List(schema, items, name),
        { Type: "object", AdditionalProperties: { } values } => Map(schema, values, name),
        { Type: "object" } => Structure(schema, isResource || schema.IsEmbeddedResource, name),
        { Type: "string" } => OfText(schema),
        { Type: "boolean" } => (CelType.Bool, CelSizes.MinBool),
        { Type: "number" } => (CelType.Double, CelSizes.MinNumber),
        { Type: "integer" } => (CelType.Int, CelSizes.MinNumber),
        _ => null,
    };

    private static (CelType, long)? List(JsonSchema schema, JsonSchema items, string name)
    {
        if (Of(items, isResource: false, name + ".@items") is not var (element, minSize))
            return null;

        var most = schema.MaxItems is { } bound ? (ulong)Math.Max(0, bound) : CelSizes.MaxItems(minSize);
        var kind = schema.ListType switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic };
        return (CelType.List(element).WithMaxElements(most).WithListKind(kind, schema.ListMapKeys), CelSizes.MinContainer);
    }

    private static (CelType, long)? Map(JsonSchema schema, JsonSchema values, string name)
    {
        if (Of(values, isResource: false, name + ".@values") is not var (value, minSize))
            return null;

        var most = schema.MaxProperties is { } bound ? (ulong)Math.Max(0, bound) : CelSizes.MaxProperties(minSize);
        return (CelType.Map(CelType.Text.WithMaxElements(0), value).WithMaxElements(most), CelSizes.MinContainer);
    }

    private static (CelType, long) Structure(JsonSchema schema, bool isResource, string name)
    {
        var minSize = CelSizes.MinContainer;
        foreach (var field in schema.Required)
        {
            if (schema.Properties.TryGetValue(field, out var property) && property.Default is null && Of(property, isResource: false, $"{name}.{field}") is var (_, least))
                minSize += CelSizes.MinField(field, least);
        }

        return (CelType.Object(name, () => Fields(schema, isResource, name)), minSize);
    }

    private static IEnumerable<CelField> Fields(JsonSchema schema, bool isResource, string name)
    {
        foreach (var (field, property) in schema.Properties)
        {
            if (isResource && Pruning.IsTypeOrMeta(field))
                continue;
            if (CelNames.TryEscape(field, out var escaped) && Of(property, isResource: false, $"{name}.{field}") is var (type, _))
                yield return new(escaped, field, type);
        }

        if (!isResource)
            yield break;

        // Of metadata rules see the names, and what a schema may say of them.
        yield return new("apiVersion", OfText(Text).Item1);
        yield return new("kind", OfText(Text).Item1);
        yield return new("metadata", CelType.Object(name + ".metadata", () =>
            new[] { "name", "generateName" }.Select(n => new CelField(n, OfText(schema.Properties.GetValueOrDefault("metadata")?.Properties.GetValueOrDefault(n) ?? Text).Item1))));
    }

    private static (CelType, long) OfText(JsonSchema schema) => schema.Format switch
    {
        "byte" => (CelType.Bytes.WithMaxElements(schema.MaxLength is { } most ? (ulong)Math.Max(0, most) : CelSizes.MaxText), CelSizes.MinText),
        "duration" => (CelType.Duration.WithMaxElements(CelSizes.MaxDuration), CelSizes.MinDuration),
        "date" => (CelType.Timestamp.WithMaxElements(CelSizes.MaxDate), CelSizes.MinDate),
        "date-time" => (CelType.Timestamp.WithMaxElements(CelSizes.MaxDateTime), CelSizes.MinDateTime),
        _ => (CelType.Text.WithMaxElements(MaxText(schema)), CelSizes.MinText),
    };

    private static ulong MaxText(JsonSchema schema) => schema.MaxLength is { } most ? CelSizes.FromMaxLength(most)
        : schema.Enum.Count > 0 ? (ulong)schema.Enum.Max(e => JsonTree.AsText(e)?.Length ?? 0)
        : CelSizes.MaxText;
}
