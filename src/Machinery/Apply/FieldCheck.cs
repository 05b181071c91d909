using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>Whether an applied document fits the schema: no unknown fields, no wrong types, no item twice. The sentences are upstream's.</summary>
public static class FieldCheck
{
    /// <returns>What is wrong, as one text; null if nothing is.</returns>
    public static string? Problem(Schema schema, JsonElement document)
    {
        var problems = new List<string>();
        Check(FieldType.Of(schema), document, "", problems);
        return problems.Count switch
        {
            0 => null,
            1 => problems[0],
            _ => string.Join('\n', problems.Select(p => "  " + p).Prepend("errors:")),
        };
    }

    /// <summary>Where a document that fits the schema holds maps and lists that are owned only as a whole.</summary>
    public static IEnumerable<string> AtomicPlaces(Schema schema, JsonElement document) => AtomicPlaces(FieldType.Of(schema), document, "");

    private static void Check(FieldType type, JsonElement value, string path, List<string> problems)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;

        switch (type.Schema.Type)
        {
            case SchemaType.Any when value.ValueKind != JsonValueKind.Object:
                break;
            case SchemaType.Any or SchemaType.Object or SchemaType.Map:
                if (value.ValueKind == JsonValueKind.Object)
                    CheckFields(type, value, path, problems);
                else
                    Add($"expected map, got &{{{GoText.Of(Node(value))}}}");
                break;
            case SchemaType.List:
                if (value.ValueKind == JsonValueKind.Array)
                    CheckItems(type, value, path, problems);
                else
                    Add($"expected list, got &{{{GoText.Of(Node(value))}}}");
                break;
            case SchemaType.Text when type.Schema.Format == "date-time":
            case SchemaType.IntOrString or SchemaType.Quantity:
                if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    Add($"expected any scalar, got &{{{GoText.Of(Node(value))}}}");
                break;
            case SchemaType.Text:
                if (value.ValueKind != JsonValueKind.String)
                    Add($"expected string, got &value.valueUnstructured{{Value:{GoText.Of(Node(value))}}}");
                break;
            case SchemaType.Boolean:
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    Add($"expected boolean, got &{{{GoText.Of(Node(value))}}}");
                break;
            default:
                if (value.ValueKind != JsonValueKind.Number)
                    Add($"expected numeric (int or float), got {GoText.TypeOf(Node(value))}");
                break;
        }

        void Add(string problem) => problems.Add(path.Length == 0 ? problem : $"{path}: {problem}");
    }

    private static void CheckFields(FieldType type, JsonElement map, string path, List<string> problems)
    {
        foreach (var property in map.EnumerateObject())
        {
            var below = $"{path}.{property.Name}";
            if (type.Under(property.Name, out _) is { } under)
                Check(under, property.Value, below, problems);
            else
                problems.Add($"{below}: field not declared in schema");
        }
    }

    private static void CheckItems(FieldType type, JsonElement list, string path, List<string> problems)
    {
        var seen = new HashSet<PathElement>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var below = $"{path}[{index}]";
            if (type.ListKind != ListKind.Atomic)
            {
                var element = type.ElementOf(item, out var problem);
                if (problem is not null)
                {
                    problems.Add($"{path}: element {index}: {problem}");
                    return; // what cannot be named cannot be pointed into
                }

                if (!seen.Add(element))
                    problems.Add($"{path}: duplicate entries for key {element}");
                below = path + element;
            }

            Check(type.Item, item, below, problems);
            index++;
        }
    }

    /// <summary>Upstream looks into structs and lists, and not under the keys of maps.</summary>
    private static IEnumerable<string> AtomicPlaces(FieldType type, JsonElement value, string path)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return [];

        var below = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().SelectMany((item, i) => AtomicPlaces(type.Item, item, $"{path}[{i}]"))
            : value.EnumerateObject().SelectMany(p => type.Declared(p.Name) is { } field ? AtomicPlaces(FieldType.Of(field), p.Value, $"{path}.{p.Name}") : []);
        return type.FormOf(value) == FieldForm.Leaf ? below.Prepend(path) : below;
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());
}
