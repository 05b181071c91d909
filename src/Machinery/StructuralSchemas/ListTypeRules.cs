using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>Sets hold nothing twice, lists of type map no key twice.</summary>
public static class ListTypeRules
{
    public static void Validate(JsonNode? node, JsonSchema? schema, string path, Findings findings)
    {
        if (schema is null)
            return;

        switch (node)
        {
            case JsonObject obj:
                foreach (var (name, value) in obj)
                {
                    if (schema.AdditionalProperties is { } others)
                        Validate(value, others, $"{path}[{name}]", findings);
                    if (schema.Properties.TryGetValue(name, out var property))
                        Validate(value, property, path.Length == 0 ? name : $"{path}.{name}", findings);
                }

                break;
            case JsonArray list:
                ValidateList(list, schema, path, findings);
                for (var i = 0; schema.Items is not null && i < list.Count; i++)
                    Validate(list[i], schema.Items, $"{path}[{i}]", findings);
                break;
        }
    }

    private static void ValidateList(JsonArray list, JsonSchema schema, string path, Findings findings)
    {
        if (schema.ListType == "set")
        {
            foreach (var i in Repeated([.. list.Select(JsonTree.Text)]))
                findings.Duplicate($"{path}[{i}]", JsonTree.Shown(list[i]));
        }
        else if (schema.ListType == "map")
        {
            var keys = list.Select(item => ListKeys.KeyOf(item, schema.ListMapKeys)).ToList();
            if (keys.FindIndex(k => k is null) is >= 0 and var wrong)
            {
                findings.Invalid($"{path}[{wrong}]", JsonTree.Shown(list[wrong]), "must be an object for an array of list-type map");
                return;
            }

            foreach (var i in Repeated([.. keys.Select(JsonTree.Text)]))
                findings.Duplicate($"{path}[{i}]", JsonTree.Shown(keys[i]));
        }
    }

    /// <summary>The second appearance of each; a third says nothing new.</summary>
    private static IEnumerable<int> Repeated(IReadOnlyList<string> items)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            var times = seen[items[i]] = seen.GetValueOrDefault(items[i]) + 1;
            if (times == 2)
                yield return i;
        }
    }
}
