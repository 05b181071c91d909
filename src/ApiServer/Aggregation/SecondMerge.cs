using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Merges OpenAPI v2 documents of several servers into one. Pure.</summary>
internal static class SecondMerge
{
    private const string Reference = "#/definitions/";

    /// <summary>What of a document is about paths with this prefix, with the definitions that these need.</summary>
    public static JsonObject Filter(JsonObject document, string prefix)
    {
        var paths = new JsonObject();
        foreach (var (path, item) in Members(document, "paths").Where(p => (p.Key + "/").StartsWith(prefix, StringComparison.Ordinal)))
            paths[path] = item?.DeepClone();

        var all = Members(document, "definitions");
        var definitions = new JsonObject();
        var wanted = new Stack<string>(References(paths));
        while (wanted.TryPop(out var name))
        {
            if (definitions.ContainsKey(name) || all[name] is not { } definition)
                continue;

            definitions[name] = definition.DeepClone();
            foreach (var further in References(definition))
                wanted.Push(further);
        }

        return new() { ["paths"] = paths, ["definitions"] = definitions };
    }

    /// <summary>Adds a filtered document. A path that is there stays as it is; a definition of the same name that differs gets another name.</summary>
    public static void Add(JsonObject merged, JsonObject more)
    {
        var (paths, definitions) = (Members(merged, "paths"), Members(merged, "definitions"));
        var added = Members(more, "definitions");
        var renames = added.Where(d => definitions[d.Key] is { } there && !JsonNode.DeepEquals(there, d.Value))
            .ToDictionary(d => d.Key, d => FreeName(d.Key, n => definitions.ContainsKey(n) || added.ContainsKey(n)));
        Rename(more, renames);
        foreach (var (path, item) in Members(more, "paths").Where(p => !paths.ContainsKey(p.Key)))
            paths[path] = item?.DeepClone();
        foreach (var (name, definition) in added)
        {
            var free = renames.GetValueOrDefault(name, name);
            if (!definitions.ContainsKey(free))
                definitions[free] = definition?.DeepClone();
        }
    }

    private static JsonObject Members(JsonObject document, string name)
    {
        if (document[name] is not JsonObject members)
            document[name] = members = [];
        return members;
    }

    private static string FreeName(string name, Func<string, bool> isTaken)
    {
        for (var i = 2; ; i++)
        {
            var free = $"{name}_v{i}";
            if (!isTaken(free))
                return free;
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(m => m is { Key: "$ref", Value: JsonValue } && Target(m.Value) is { } name ? [name] : References(m.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };

    private static void Rename(JsonNode? node, Dictionary<string, string> names)
    {
        if (names.Count == 0)
            return;

        if (node is JsonObject o)
        {
            foreach (var (key, value) in o.ToList())
            {
                if (key == "$ref" && Target(value) is { } name && names.TryGetValue(name, out var other))
                    o[key] = Reference + other;
                else
                    Rename(value, names);
            }
        }
        else if (node is JsonArray a)
        {
            foreach (var item in a)
                Rename(item, names);
        }
    }

    private static string? Target(JsonNode? reference) =>
        reference is JsonValue v && v.TryGetValue<string>(out var text) && text.StartsWith(Reference, StringComparison.Ordinal) ? text[Reference.Length..] : null;
}
