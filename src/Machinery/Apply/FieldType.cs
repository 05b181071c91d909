using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>How a value is walked: as something owned whole, by its keys, or by its items.</summary>
internal enum FieldForm
{
    Leaf,
    Map,
    List,

    /// <summary>Nothing or null where anything may be: takes the form of what it is compared with.</summary>
    Open,
}

/// <summary>What the schema says of the value at one place, seen as ownership sees it.</summary>
/// <remarks>
/// Where the schema knows nothing (<see cref="SchemaType.Any"/>), maps are owned by key and lists whole. An object schema with an
/// <see cref="Schema.Element"/> takes fields it does not declare, and those are of that type.
/// </remarks>
internal readonly struct FieldType
{
    private FieldType(Schema schema, ListKind listKind, IReadOnlyList<string> keys, bool isAtomic) =>
        (Schema, ListKind, MapKeys, IsAtomic) = (schema, listKind, keys, isAtomic);

    public Schema Schema { get; }

    public ListKind ListKind { get; }

    public IReadOnlyList<string> MapKeys { get; }

    public bool IsAtomic { get; }

    public FieldType Item => Of(Schema.Element ?? Schemas.Raw);

    public static FieldType Of(Schema schema) => new(schema, schema.ListKind, schema.MapKeys, schema.IsAtomic);

    public static FieldType Of(SchemaField field) => field.ListKind == ListKind.Atomic
        ? new(field.Schema, field.Schema.ListKind, field.Schema.MapKeys, field.IsAtomic ?? field.Schema.IsAtomic)
        : new(field.Schema, field.ListKind, field.MapKeys, field.IsAtomic ?? field.Schema.IsAtomic);

    /// <summary>The declared field of a struct, or <see langword="null"/>: then the name is the key of a map.</summary>
    public SchemaField? Declared(string name) => Schema.Type == SchemaType.Object ? Schema.Find(name) : null;

    /// <summary>The type of what is under a name, or <see langword="null"/> if nothing may be there.</summary>
    public FieldType? Under(string name, out SchemaField? declared)
    {
        declared = Declared(name);
        if (declared is not null)
            return Of(declared);
        if (Schema.Type == SchemaType.Any)
            return Of(Schemas.Raw);
        return Schema.Element is { } element ? Of(element) : null;
    }

    public FieldForm FormOf(JsonElement value) => Schema.Type switch
    {
        _ when IsAtomic => FieldForm.Leaf,
        SchemaType.Any => value.ValueKind switch
        {
            JsonValueKind.Object => FieldForm.Map,
            JsonValueKind.Null or JsonValueKind.Undefined => FieldForm.Open,
            _ => FieldForm.Leaf,
        },
        SchemaType.Object or SchemaType.Map => FieldForm.Map,
        SchemaType.List => ListKind == ListKind.Atomic ? FieldForm.Leaf : FieldForm.List,
        _ => FieldForm.Leaf,
    };

    /// <summary>What identifies an item of this list among the others.</summary>
    /// <param name="problem">Why nothing does; null if something does.</param>
    public PathElement ElementOf(JsonElement item, out string? problem)
    {
        problem = ListKind switch
        {
            ListKind.Map when item.ValueKind == JsonValueKind.Null => "associative list with keys may not have a null element",
            ListKind.Map when item.ValueKind != JsonValueKind.Object => "associative list with keys may not have non-map elements",
            ListKind.Set when item.ValueKind == JsonValueKind.Object => "associative list without keys has an element that's a map type",
            ListKind.Set when item.ValueKind == JsonValueKind.Array => "not supported: associative list with lists as elements",
            ListKind.Set when item.ValueKind == JsonValueKind.Null => "associative list without keys has an element that's an explicit null",
            _ => null,
        };
        if (problem is not null)
            return default;
        if (ListKind == ListKind.Set)
            return PathElement.Value(FieldScalar.Of(item));

        var parts = new List<KeyValuePair<string, FieldScalar>>(MapKeys.Count);
        foreach (var key in MapKeys)
        {
            // A key that is absent and has no default makes another item than one that has it.
            if (item.TryGetProperty(key, out var value))
                parts.Add(new(key, FieldScalar.Of(value)));
            else if (Schema.Element?.Find(key)?.Default is { } preset)
                parts.Add(new(key, FieldScalar.Of(JsonElement.Parse(preset.ToJsonString()))));
        }

        if (parts.Count > 0)
            return PathElement.Key([.. parts]);

        var quoted = string.Join(' ', MapKeys.Select(k => $"\"{k}\""));
        problem = $"associative list with keys has an element that omits all key fields [{quoted}] (and doesn't have default values for any key fields)";
        return default;
    }
}
