using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Lays an applied document over the live one, and takes places out of a document again.</summary>
public static class FieldMerge
{
    /// <summary>The live document with all that is applied: maps by key, lists by item, all else replaced.</summary>
    public static JsonNode? Merge(Schema schema, JsonElement live, JsonElement applied) => Merge(FieldType.Of(schema), live, applied);

    /// <summary>The document without some places. A map or list of which nothing stays becomes null.</summary>
    public static JsonNode? Remove(Schema schema, JsonElement document, FieldSet places) => Remove(FieldType.Of(schema), document, places);

    private static JsonNode? Merge(FieldType type, JsonElement live, JsonElement applied)
    {
        if (applied.ValueKind == JsonValueKind.Undefined)
            return Node(live);
        if (live.ValueKind == JsonValueKind.Undefined)
            return Node(applied);

        var (was, now) = (type.FormOf(live), type.FormOf(applied));
        var form = now == FieldForm.Open ? was : now;
        return form switch
        {
            FieldForm.Map when HasItems(live) && live.ValueKind == JsonValueKind.Object && applied.ValueKind is JsonValueKind.Object or JsonValueKind.Null =>
                MergeMaps(type, live, applied),
            FieldForm.List when HasItems(live) && live.ValueKind == JsonValueKind.Array && applied.ValueKind is JsonValueKind.Array or JsonValueKind.Null =>
                ListMerger.Merge(type, live, applied, Merge),
            _ => Node(applied),
        };
    }

    private static JsonObject MergeMaps(FieldType type, JsonElement live, JsonElement applied)
    {
        var merged = new JsonObject();
        var pairs = new JsonPairs(live, applied);
        while (pairs.MoveNext())
        {
            var name = pairs.Name;
            var under = type.Under(name, out _) ?? FieldType.Of(Schemas.Raw);
            merged[name] = Merge(under, pairs.Left, pairs.Right);
        }

        return merged;
    }

    private static JsonNode? Remove(FieldType type, JsonElement value, FieldSet places)
    {
        switch (type.FormOf(value))
        {
            case FieldForm.Map when value.ValueKind == JsonValueKind.Object:
                return RemoveFromMap(type, value, places);
            case FieldForm.List when value.ValueKind == JsonValueKind.Array:
                return RemoveFromList(type, value, places);
            case FieldForm.Leaf when value.ValueKind is JsonValueKind.Object or JsonValueKind.Array:
                return null; // a path into what is owned whole: from before the schema said so
            case FieldForm.Leaf:
                return Node(value);
            default:
                return null;
        }
    }

    private static JsonObject? RemoveFromMap(FieldType type, JsonElement map, FieldSet places)
    {
        var kept = new JsonObject();
        foreach (var property in map.EnumerateObject())
        {
            var entry = places.Find(PathElement.Field(property.Name));
            if (entry is { IsMember: true })
                continue;
            kept[property.Name] = entry is { } below
                ? Remove(type.Under(property.Name, out _) ?? FieldType.Of(Schemas.Raw), property.Value, below.Children)
                : Node(property.Value);
        }

        return kept.Count > 0 ? kept : null;
    }

    private static JsonArray? RemoveFromList(FieldType type, JsonElement list, FieldSet places)
    {
        var kept = new JsonArray();
        foreach (var item in list.EnumerateArray())
        {
            var element = type.ElementOf(item, out var problem);
            var entry = problem is null ? places.Find(element) : null;
            if (entry is not { IsMember: true })
                kept.Add(entry is { } below ? Remove(type.Item, item, below.Children) : Node(item));
        }

        return kept.Count > 0 ? kept : null;
    }

    private static bool HasItems(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount() > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => false,
    };

    private static JsonNode? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonValue.Create(element),
    };
}
