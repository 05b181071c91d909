using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>JSON merge patch, RFC 7386, with the reading of nulls that upstream's library has.</summary>
public static class MergePatch
{
    /// <summary>The document with the patch merged in. Neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? document, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();

        if (document is not JsonObject)
            return WithoutNulls(changes);

        var result = document.DeepClone().AsObject();
        MergeInto(result, changes);
        return result;
    }

    private static void MergeInto(JsonObject target, JsonObject changes)
    {
        foreach (var (key, change) in changes)
        {
            if (change is null)
                target.Remove(key);
            else if (target[key] is not JsonObject inner)
                target[key] = WithoutNulls(change);
            else if (change is JsonObject map)
                MergeInto(inner, map);
            else
                target[key] = change.DeepClone(); // a list in the place of a map stays as it is, nulls and all
        }
    }

    /// <summary>There is nothing that the nulls of these maps could remove. Those among the items of a list are items.</summary>
    private static JsonNode? WithoutNulls(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, WithoutNulls(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(WithoutNulls)]),
        _ => node?.DeepClone(),
    };
}
