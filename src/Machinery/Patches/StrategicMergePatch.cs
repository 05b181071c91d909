using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>
/// Strategic merge patch: a merge patch that knows from the schema which lists are merged item by item, and by which key.
/// Behaves as apimachinery's <c>pkg/util/strategicpatch</c>.
/// </summary>
public static class StrategicMergePatch
{
    internal const string Directive = "$patch";

    private const string RetainKeys = "$retainKeys";
    private const string DeleteFrom = "$deleteFromPrimitiveList";
    private const string ElementOrder = "$setElementOrder";

    /// <summary>The document with the patch merged in. No argument is changed.</summary>
    /// <exception cref="PatchException">The patch is malformed; <see cref="PatchException.Code"/> says how upstream answers it.</exception>
    public static JsonNode? Apply(JsonNode document, JsonNode patch, Schema schema)
    {
        if (document is not JsonObject || patch is not JsonObject changes)
            throw new PatchException(400, "invalid JSON document");

        return MergeMaps(document.DeepClone().AsObject(), changes, schema);
    }

    /// <param name="original">Ours to change; the result is it or a new map.</param>
    /// <param name="schema"><see langword="null"/>: unknown; maps are merged and lists replaced.</param>
    internal static JsonObject MergeMaps(JsonObject original, JsonObject patch, Schema? schema)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
            return FollowDirective(directive, patch);

        ClearUnretained(original, patch);
        var ordered = MergeOrderedLists(original, patch, schema);
        foreach (var (key, change) in patch)
        {
            if (key == RetainKeys || key.StartsWith(ElementOrder, StringComparison.Ordinal) || ordered.Contains(key))
                continue;

            var isDeletion = key.StartsWith(DeleteFrom, StringComparison.Ordinal);
            var name = isDeletion ? FieldOf(key, DeleteFrom, "invalid patch format of primitive list") : key;
            var isThere = original.TryGetPropertyValue(name, out var old);
            if (change is null)
                original.Remove(name);
            else if (isThere && change is JsonObject map && old is JsonObject oldMap)
                Put(original, name, MergeMaps(oldMap, map, Lookup(schema, name).Schema));
            else if (isThere && change is JsonArray list && old is JsonArray oldList)
                Put(original, name, MergeField(oldList, list, Lookup(schema, name), isDeletion));
            else if (!isDeletion && TryClean(change, out var clean))
                original[name] = clean;
            else if (!isDeletion)
                original.Remove(name);
        }

        return original;
    }

    /// <summary>The patch's value without nulls and directives: there is nothing they could act on.</summary>
    /// <returns><see langword="false"/>: the value is a directive itself, and nothing is left.</returns>
    internal static bool TryClean(JsonNode? value, out JsonNode? clean)
    {
        clean = null;
        switch (value)
        {
            case JsonObject map when map.ContainsKey(Directive):
                return false;
            case JsonObject map:
                var result = new JsonObject();
                foreach (var (key, item) in map)
                {
                    if (item is not null && !IsDirective(key) && TryClean(item, out var cleanItem))
                        result[key] = cleanItem;
                }

                clean = result;
                return true;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list)
                {
                    if (TryClean(item, out var cleanItem))
                        items.Add(cleanItem);
                }

                clean = items;
                return true;
            default:
                clean = value?.DeepClone();
                return true;
        }
    }

    internal static PatchException UnknownDirective(JsonNode? directive, JsonObject map) =>
        new(500, $"unknown patch type: {GoText.Of(directive)} in map: {GoText.Of(map)}");

    internal static bool IsText(JsonNode? node, string text) => node?.GetValueKind() is JsonValueKind.String && node.GetValue<string>() == text;

    private static JsonObject FollowDirective(JsonNode? directive, JsonObject patch)
    {
        if (IsText(directive, "delete"))
            return [];

        if (!IsText(directive, "replace"))
            throw UnknownDirective(directive, patch);

        var replacement = patch.DeepClone().AsObject();
        replacement.Remove(Directive);
        return replacement;
    }

    private static void ClearUnretained(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var directive))
            return;

        const string Malformed = "invalid patch format of retainKeys";
        if (directive is not JsonArray list)
            throw new PatchException(400, Malformed);

        var keys = list.Select(GoText.Of).ToHashSet(StringComparer.Ordinal);
        if (patch.Any(p => p.Value is not null && !IsDirective(p.Key) && !keys.Contains(p.Key)))
            throw new PatchException(400, Malformed);

        foreach (var key in original.Select(p => p.Key).Where(k => !keys.Contains(k)).ToList())
            original.Remove(key);
    }

    /// <summary>Merges the lists whose order the patch gives.</summary>
    /// <returns>The fields that are done.</returns>
    private static HashSet<string> MergeOrderedLists(JsonObject original, JsonObject patch, Schema? schema)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in patch.Where(p => p.Key.StartsWith(ElementOrder, StringComparison.Ordinal)))
        {
            var order = ListOf(value);
            var name = FieldOf(key, ElementOrder, "invalid patch format of setElementOrder list");
            var old = original.TryGetPropertyValue(name, out var oldValue) ? ListOf(oldValue) : null;
            var change = patch.TryGetPropertyValue(name, out var newValue) ? ListOf(newValue) : null;
            var field = Lookup(schema, name);
            ListMerge.CheckOrder(change ?? [], order, field.MergeKey);
            if (old is null && change is null)
                continue;

            done.Add(name);
            var merged = (old, change) switch
            {
                (not null, not null) => MergeField((JsonArray)old.DeepClone(), change, field, isDeletion: false),
                (null, not null) => TryClean(change, out var clean) ? clean!.AsArray() : [], // a list is never a directive
                _ => (JsonArray)old!.DeepClone(), // one of the two is there
            };
            original[name] = ListMerge.Arrange(merged, order, old ?? [], field.MergeKey);
        }

        return done;

        static JsonArray ListOf(JsonNode? node) => node as JsonArray ?? throw ListMerge.BadType("[]interface {}", node);
    }

    private static void Put(JsonObject original, string name, JsonNode merged)
    {
        // Merging changes a map in place more often than not; a node that has its parent cannot be put again.
        if (!ReferenceEquals(original[name], merged))
            original[name] = merged;
    }

    private static JsonArray MergeField(JsonArray old, JsonArray change, Field field, bool isDeletion)
    {
        if (field.IsMerged || isDeletion)
            return ListMerge.Merge(old, change, field.Schema?.Element, field.MergeKey, isDeletion);

        return TryClean(change, out var clean) ? clean!.AsArray() : []; // a list is never a directive
    }

    private static Field Lookup(Schema? schema, string name) => schema?.Type switch
    {
        null or SchemaType.Any => new(null, IsMerged: false, ""),
        SchemaType.Map => new(schema.Element, IsMerged: false, ""),
        _ when schema.Find(name) is { } field => new(field.Schema, field.IsMerged, field.MergeKey),
        _ => throw new PatchException(500, $"unable to find api field in struct {schema.Name[(schema.Name.LastIndexOf('.') + 1)..]} for the json field \"{name}\""),
    };

    private static bool IsDirective(string key) =>
        key is Directive or RetainKeys || key.StartsWith(DeleteFrom, StringComparison.Ordinal) || key.StartsWith(ElementOrder, StringComparison.Ordinal);

    private static string FieldOf(string key, string prefix, string complaint) =>
        key.Length > prefix.Length && key[prefix.Length] == '/' ? key[(prefix.Length + 1)..] : throw new PatchException(400, complaint);

    private readonly record struct Field(Schema? Schema, bool IsMerged, string MergeKey);
}
