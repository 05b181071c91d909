using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>What sets and schemas have to do with each other.</summary>
public static class FieldSchemas
{
    /// <summary>What a document that is applied claims to own: its leaves, the items of its lists, and what it leaves empty.</summary>
    public static FieldSet FieldsOf(Schema schema, JsonElement document) => Extract(FieldType.Of(schema), document).Children;

    /// <summary>The set with the structs' own fields that only have members below them: removing compares with those too.</summary>
    public static FieldSet WithNamedFields(FieldSet set, Schema schema) => WithNamedFields(set, FieldType.Of(schema));

    /// <summary>The set after the schema made atomic what was not: who owned something inside now owns the whole.</summary>
    public static FieldSet Reconcile(FieldSet set, Schema schema)
    {
        if (set.IsKnownToFit(schema))
            return set;

        var fitting = Reconcile(set, FieldType.Of(schema));
        fitting.Fits(schema);
        return fitting;
    }

    private static FieldMark Extract(FieldType type, JsonElement value)
    {
        switch (type.FormOf(value))
        {
            case FieldForm.Map when value.ValueKind == JsonValueKind.Object:
                var fields = default(FieldSetBuilder);
                foreach (var property in value.EnumerateObject())
                {
                    var under = type.Under(property.Name, out var declared) ?? FieldType.Of(Schemas.Raw);
                    var mark = Extract(under, property.Value);
                    var isOwn = declared is null || property.Value.ValueKind == JsonValueKind.Null
                        || (property.Value.ValueKind == JsonValueKind.Object && property.Value.GetPropertyCount() == 0);
                    fields.Add(PathElement.Field(declared?.Name ?? property.Name), isOwn ? new(true, mark.Children) : mark);
                }

                return new(false, fields.Build());
            case FieldForm.List when value.ValueKind == JsonValueKind.Array:
                return new(false, ExtractItems(type, value));
            case FieldForm.Leaf:
                return FieldMark.Member;
            default:
                return default;
        }
    }

    private static FieldSet ExtractItems(FieldType type, JsonElement list)
    {
        var elements = list.EnumerateArray().Select(item => (Element: type.ElementOf(item, out var problem), Problem: problem, Item: item)).ToList();
        var counts = elements.CountBy(e => e.Element).ToDictionary();
        var items = default(FieldSetBuilder);
        foreach (var (element, problem, item) in elements)
        {
            if (problem is null)
                items.Add(element, new(true, counts[element] > 1 ? null : Extract(type.Item, item).Children));
        }

        return items.Build();
    }

    private static FieldSet WithNamedFields(FieldSet set, FieldType type) => set.Select(
        static (entry, type) =>
        {
            if (entry.Children.IsEmpty)
                return entry;

            var isDeclared = entry.Element.Kind == PathElementKind.Field && type.Declared(entry.Element.Text) is not null;
            return new(entry.Element, entry.IsMember || isDeclared, Below(entry, type) is { } below ? WithNamedFields(entry.Children, below) : entry.Children);
        },
        type);

    private static FieldSet Reconcile(FieldSet set, FieldType type) => set.Select(
        static (entry, type) =>
        {
            if (entry.Children.IsEmpty || Below(entry, type) is not { } below)
                return entry;

            var isWhole = below.IsAtomic || below.Schema is { Type: SchemaType.List } && below.ListKind == ListKind.Atomic;
            return isWhole ? new(entry.Element, true, FieldSet.Empty) : entry with { Children = Reconcile(entry.Children, below) };
        },
        type);

    private static FieldType? Below(FieldEntry entry, FieldType type) => entry.Element.Kind switch
    {
        PathElementKind.Field => type.Under(entry.Element.Text, out _),
        PathElementKind.Key when type.Schema.Type == SchemaType.List => type.Item,
        _ => null,
    };
}
