using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>The items of a list of type map by the values of their keys.</summary>
internal static class ListKeys
{
    public static JsonObject? KeyOf(JsonNode? item, IReadOnlyList<string> keys) => item is null
        ? []
        : item is JsonObject obj ? new(keys.Where(obj.ContainsKey).Select(k => KeyValuePair.Create(k, obj[k]?.DeepClone()))) : null;

    /// <summary>The key as text that is equal for equal keys; null for what is no object.</summary>
    public static string? Of(JsonNode? item, IReadOnlyList<string> keys) => KeyOf(item, keys) is { } key ? JsonTree.Text(key) : null;

    public static Dictionary<string, JsonNode?> Index(JsonArray list, IReadOnlyList<string> keys)
    {
        var index = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            if (Of(item, keys) is { } key)
                index.TryAdd(key, item);
        }

        return index;
    }
}
