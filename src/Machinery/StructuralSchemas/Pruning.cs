using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Takes away the fields that the schema does not specify. The root, and embedded resources, keep apiVersion, kind and metadata.</summary>
public static class Pruning
{
    /// <param name="unknown">Told the path of each field that goes: <c>spec.a[0].b</c>; in no order.</param>
    /// <returns>Whether anything went.</returns>
    public static bool Prune(JsonNode? node, JsonSchema schema, bool isResourceRoot, Action<string>? unknown = null) =>
        new Pruner(unknown).Prune(node, schema, isResourceRoot, keepsUnknown: false, "");

    internal static bool IsTypeOrMeta(string name) => name is "apiVersion" or "kind" or "metadata";

    private sealed class Pruner(Action<string>? unknown)
    {
        /// <param name="keepsUnknown">Whether this is an item of a list that preserves unknown fields; a named property begins anew.</param>
        public bool Prune(JsonNode? node, JsonSchema? schema, bool isResource, bool keepsUnknown, string path)
        {
            keepsUnknown |= schema?.PreservesUnknown == true;
            if (keepsUnknown && schema is null)
                return false;

            switch (node)
            {
                case JsonObject obj:
                    return PruneObject(obj, schema, isResource, keepsUnknown, path);
                case JsonArray list:
                    var isChanged = false;
                    for (var i = 0; i < list.Count; i++)
                        isChanged |= Prune(list[i], schema?.Items, schema?.Items?.IsEmbeddedResource == true, keepsUnknown, unknown is null ? "" : $"{path}[{i}]");
                    return isChanged;
                default:
                    return false;
            }
        }

        private bool PruneObject(JsonObject obj, JsonSchema? schema, bool isResource, bool keepsUnknown, string path)
        {
            List<string>? gone = null;
            var isChanged = false;
            foreach (var (name, value) in obj)
            {
                if (isResource && IsTypeOrMeta(name))
                    continue;

                if (schema is not null && schema.Properties.TryGetValue(name, out var property))
                    isChanged |= Prune(value, property, property.IsEmbeddedResource, keepsUnknown: false, PathOf(path, name));
                else if (schema?.AllowsAdditional is not null)
                    isChanged |= Prune(value, schema.AdditionalProperties, schema.AdditionalProperties?.IsEmbeddedResource == true, keepsUnknown: false, PathOf(path, name));
                else if (!keepsUnknown)
                    (gone ??= []).Add(name);
            }

            foreach (var name in gone ?? [])
            {
                unknown?.Invoke(PathOf(path, name));
                obj.Remove(name);
            }

            return isChanged || gone is not null;
        }

        private string PathOf(string path, string name) => unknown is null ? "" : path.Length == 0 ? name : $"{path}.{name}";
    }
}
