using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <summary>
/// Puts an apply configuration into an object: maps are merged, lists by their keys, as the schema says. Unlike server-side apply nobody
/// owns anything, and what is owned only as a whole (atomic lists and structs) may not be touched. Pure.
/// </summary>
internal static class StructuredMerge
{
    /// <returns>A new document.</returns>
    /// <exception cref="PolicyException">The configuration does not fit the schema, or touches something atomic.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject configuration, Schema schema) => MergeObject((JsonObject)live.DeepClone(), configuration, schema, "");

    private static JsonObject MergeObject(JsonObject live, JsonObject patch, Schema schema, string path)
    {
        if (schema.IsAtomic && path.Length > 0)
            throw Atomic(path);

        foreach (var (name, value) in patch)
        {
            var at = $"{path}.{name}";
            if (schema.Type is SchemaType.Map or SchemaType.Any)
            {
                live[name] = Merge(live[name], value, schema.Element ?? schema, at);
                continue;
            }

            var field = schema.Find(name) ?? throw new PolicyException($"error applying patch: failed to convert patch object to typed object: {at}: field not declared in schema");
            live[name] = value is JsonArray list ? MergeList(live[name] as JsonArray, list, field, at) : Merge(live[name], value, field.Schema, at);
        }

        return live;
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? patch, Schema schema, string path) =>
        patch is JsonObject changes && schema.Type is (SchemaType.Object or SchemaType.Map or SchemaType.Any)
            ? MergeObject(live is JsonObject old ? (JsonObject)old.DeepClone() : [], changes, schema, path)
            : patch?.DeepClone();

    private static JsonArray MergeList(JsonArray? live, JsonArray patch, SchemaField field, string path)
    {
        if (field.Schema.Type != SchemaType.List)
            return (JsonArray)patch.DeepClone();
        if (field.ListKind == ListKind.Atomic)
            throw Atomic(path);

        var merged = (JsonArray)(live?.DeepClone() ?? new JsonArray());
        foreach (var item in patch)
        {
            var at = IndexOf(merged, item, field);
            if (at < 0)
                merged.Add(field.ListKind == ListKind.Map ? Merge(null, item, field.Schema.Element!, path + "[]") : item?.DeepClone());
            else if (field.ListKind == ListKind.Map)
                merged[at] = Merge(merged[at], item, field.Schema.Element!, path + "[]");
        }

        return merged;
    }

    private static int IndexOf(JsonArray list, JsonNode? item, SchemaField field)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var isSame = field.ListKind == ListKind.Map
                ? field.MapKeys.All(key => JsonNode.DeepEquals(KeyOf(list[i], key, field), KeyOf(item, key, field)))
                : JsonNode.DeepEquals(list[i], item);
            if (isSame)
                return i;
        }

        return -1;
    }

    /// <summary>A key that is left out has its default: ports without a protocol are TCP's.</summary>
    private static JsonNode? KeyOf(JsonNode? item, string key, SchemaField field) => (item as JsonObject)?[key] ?? field.Schema.Element?.Find(key)?.Default;

    private static PolicyException Atomic(string path) =>
        new($"error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: {path}");
}
