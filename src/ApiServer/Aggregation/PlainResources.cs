using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Turns the resources of plain discovery (<c>APIResourceList</c>) into those of aggregated discovery. Pure.</summary>
internal static class PlainResources
{
    public static JsonArray Convert(JsonArray plain)
    {
        var made = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var resource in plain.OfType<JsonObject>())
        {
            var name = ((string?)resource["name"] ?? "").Split('/', 2);
            if (name.Length == 1)
            {
                var own = Parent(made, name[0], resource);
                own["responseKind"] = KindOf(resource);
                own["singularResource"] = (string?)resource["singularName"] ?? "";
                own["verbs"] = resource["verbs"]?.DeepClone() ?? new JsonArray();
                Copy(resource, own, "shortNames");
                Copy(resource, own, "categories");
                continue;
            }

            var parent = Parent(made, name[0], resource);
            if (parent["subresources"] is not JsonArray subresources)
                parent["subresources"] = subresources = [];
            subresources.Add((JsonNode)new JsonObject { ["subresource"] = name[1], ["responseKind"] = KindOf(resource), ["verbs"] = resource["verbs"]?.DeepClone() ?? new JsonArray() });
        }

        return new JsonArray([.. made.Values]);
    }

    public static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    /// <summary>A resource that was told only by its subresources has no verbs itself.</summary>
    private static JsonObject Parent(Dictionary<string, JsonObject> made, string name, JsonObject resource)
    {
        if (!made.TryGetValue(name, out var parent))
        {
            made[name] = parent = new JsonObject
            {
                ["resource"] = name,
                ["responseKind"] = Kind("", "", ""),
                ["scope"] = resource["namespaced"]?.GetValueKind() == System.Text.Json.JsonValueKind.True ? "Namespaced" : "Cluster",
                ["singularResource"] = "",
                ["verbs"] = new JsonArray(),
            };
        }

        return parent;
    }

    private static JsonObject KindOf(JsonObject resource) => Kind((string?)resource["group"] ?? "", (string?)resource["version"] ?? "", (string?)resource["kind"] ?? "");

    private static void Copy(JsonObject from, JsonObject to, string name)
    {
        if (from[name] is { } value)
            to[name] = value.DeepClone();
    }
}
