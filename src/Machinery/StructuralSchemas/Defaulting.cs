using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Fills in the defaults of a schema. A null where null is not allowed counts as absence: the default takes its place, or it goes.</summary>
public static class Defaulting
{
    /// <returns>Whether anything changed.</returns>
    public static bool Apply(JsonNode? node, JsonSchema schema)
    {
        var isChanged = DropNulls(node, schema);
        return Fill(node, schema) || isChanged;
    }

    private static bool DropNulls(JsonNode? node, JsonSchema? schema)
    {
        if (schema is null)
            return false;

        var isChanged = false;
        switch (node)
        {
            case JsonObject obj:
                List<string>? gone = null;
                foreach (var (name, value) in obj)
                {
                    if (schema.Properties.TryGetValue(name, out var property))
                    {
                        if (IsForbiddenNull(value, property) && property.Default is null)
                            (gone ??= []).Add(name);
                        else
                            isChanged |= DropNulls(value, property);
                    }
                    else if (schema.AdditionalProperties is { } others)
                    {
                        if (IsForbiddenNull(value, others) && others.Default is null)
                            (gone ??= []).Add(name);
                        else
                            isChanged |= DropNulls(value, others);
                    }
                }

                foreach (var name in gone ?? [])
                    obj.Remove(name);
                return isChanged || gone is not null;
            case JsonArray list:
                foreach (var item in list)
                    isChanged |= DropNulls(item, schema.Items);
                return isChanged;
            default:
                return false;
        }
    }

    private static bool Fill(JsonNode? node, JsonSchema? schema)
    {
        if (schema is null)
            return false;

        var isChanged = false;
        if (node is JsonObject obj)
        {
            foreach (var (name, property) in schema.Properties)
            {
                if (property.Default is { } value && (!obj.TryGetPropertyValue(name, out var there) || IsForbiddenNull(there, property)))
                {
                    obj[name] = value.DeepClone();
                    isChanged = true;
                }
            }

            foreach (var (name, value) in schema.AdditionalProperties is null ? obj.Where(p => schema.Properties.ContainsKey(p.Key)) : [.. obj])
            {
                if (schema.Properties.TryGetValue(name, out var property))
                    isChanged |= Fill(value, property);
                else if (IsForbiddenNull(value, schema.AdditionalProperties!) && schema.AdditionalProperties!.Default is { } standard)
                    (obj[name], isChanged) = (standard.DeepClone(), true);
                else
                    isChanged |= Fill(value, schema.AdditionalProperties);
            }
        }
        else if (node is JsonArray list && schema.Items is { } items)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (IsForbiddenNull(list[i], items) && items.Default is { } standard)
                    (list[i], isChanged) = (standard.DeepClone(), true);
                isChanged |= Fill(list[i], items);
            }
        }

        return isChanged;
    }

    private static bool IsForbiddenNull(JsonNode? node, JsonSchema schema) => node is null && !schema.Nullable;
}
