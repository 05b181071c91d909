using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>How strategic merge patch merges and orders lists. A list is of scalars or, with a merge key, of maps.</summary>
internal static class ListMerge
{
    private const string MapType = "map[string]interface {}";

    /// <param name="old">Ours to change.</param>
    public static JsonArray Merge(JsonArray old, JsonArray patch, Schema? element, string mergeKey, bool isDeletion)
    {
        if (old.Count == 0 && patch.Count == 0)
            return old;

        var changes = patch.ToList();
        var items = Detach(old);
        var order = items.ToList(); // where the server's items were
        if (ElementType(items, changes) != MapType)
        {
            if (isDeletion)
                return ArrayOf(items.Where(i => IndexOf(changes, i, "") < 0));

            items = Distinct(items.Concat(changes));
        }
        else if (mergeKey.Length == 0)
        {
            throw new PatchException(500, $"cannot merge lists without merge key for {element?.Name}");
        }
        else if (FollowDirectives(items, changes, mergeKey))
        {
            items = changes;
            order = items.ToList();
            changes = [];
        }
        else
        {
            order = items.ToList();
            MergeItems(items, changes, order, element, mergeKey);
        }

        return Arrange(items, changes, order, mergeKey);
    }

    /// <summary>Puts the items that the patch speaks of into its order, and the others among them as they were on the server.</summary>
    public static JsonArray Arrange(JsonArray merged, JsonArray patchOrder, JsonArray serverOrder, string mergeKey) =>
        Arrange(Detach(merged), [.. patchOrder], [.. serverOrder], mergeKey);

    /// <exception cref="PatchException">The order contradicts that of the patch's items, or lacks one of them.</exception>
    public static void CheckOrder(JsonArray patch, JsonArray order, string mergeKey)
    {
        if (order.Count == 0 || patch.Count == 0)
            return;

        // A directive is no item: what it deletes need not be in the order.
        var items = mergeKey.Length == 0 ? [.. patch] : patch.Where(i => !MapOf(i).ContainsKey(StrategicMergePatch.Directive)).ToList();
        var next = 0;
        for (var i = 0; i < order.Count && next < items.Count; i++)
        {
            var isNext = mergeKey.Length == 0
                ? JsonNode.DeepEquals(items[next], order[i])
                : JsonNode.DeepEquals(KeyOf(items[next], mergeKey), KeyOf(order[i], mergeKey));
            if (isNext)
                next++;
        }

        if (next < items.Count)
            throw new PatchException(500, $"The order in patch list:\n{GoText.OfList(patch)}\n doesn't match $setElementOrder list:\n{GoText.OfList(order)}\n");
    }

    public static PatchException BadType(string expected, JsonNode? actual) => new(500, $"expected a {expected}, but received a {GoText.TypeOf(actual)}");

    /// <summary>Takes the directives out of the changes and deletes what they delete.</summary>
    /// <returns>The changes replace the list.</returns>
    private static bool FollowDirectives(List<JsonNode?> items, List<JsonNode?> changes, string mergeKey)
    {
        var isReplaced = false;
        foreach (var change in changes.ToList())
        {
            var map = MapOf(change);
            if (!map.TryGetPropertyValue(StrategicMergePatch.Directive, out var directive))
                continue;

            changes.Remove(change);
            if (StrategicMergePatch.IsText(directive, "delete"))
                Delete(items, KeyOf(map, mergeKey), mergeKey);
            else if (StrategicMergePatch.IsText(directive, "replace"))
                isReplaced = true;
            else if (StrategicMergePatch.IsText(directive, "merge"))
                throw new PatchException(500, "merging lists cannot yet be specified in the patch");
            else
                throw StrategicMergePatch.UnknownDirective(directive, map);
        }

        return isReplaced;
    }

    private static void Delete(List<JsonNode?> items, JsonNode? key, string mergeKey) =>
        items.RemoveAll(item => JsonNode.DeepEquals(key, MapOf(item)[mergeKey]));

    private static void MergeItems(List<JsonNode?> items, List<JsonNode?> changes, List<JsonNode?> order, Schema? element, string mergeKey)
    {
        foreach (var change in changes)
        {
            _ = KeyOf(change, mergeKey);
            var index = IndexOf(items, change, mergeKey);
            if (index < 0)
            {
                if (StrategicMergePatch.TryClean(change, out var clean))
                    items.Add(clean);

                continue;
            }

            items[index] = StrategicMergePatch.MergeMaps(MapOf(items[index]), MapOf(change), element);
            if (index < order.Count)
                order[index] = items[index];
        }
    }

    private static JsonArray Arrange(List<JsonNode?> items, List<JsonNode?> patchOrder, List<JsonNode?> serverOrder, string mergeKey)
    {
        if (mergeKey.Length > 0)
        {
            foreach (var item in items.Concat(patchOrder).Concat(serverOrder))
                _ = KeyOf(item, mergeKey);
        }

        // LINQ's sort is stable.
        var ofPatch = items.Where(i => IndexOf(patchOrder, i, mergeKey) >= 0).OrderBy(i => IndexOf(patchOrder, i, mergeKey)).ToList();
        var ofServer = items.Where(i => IndexOf(patchOrder, i, mergeKey) < 0).OrderBy(i => Place(i)).ToList();

        var result = new List<JsonNode?>(items.Count);
        var (server, patch) = (0, 0);
        while (server < ofServer.Count || patch < ofPatch.Count)
        {
            var isServersTurn = patch == ofPatch.Count
                || (server < ofServer.Count && Place(ofPatch[patch]) is var p and < int.MaxValue && Place(ofServer[server]) < p);
            result.Add(isServersTurn ? ofServer[server++] : ofPatch[patch++]);
        }

        return ArrayOf(result);

        int Place(JsonNode? item) => IndexOf(serverOrder, item, mergeKey) is >= 0 and var index ? index : int.MaxValue;
    }

    private static string ElementType(List<JsonNode?> items, List<JsonNode?> changes)
    {
        var types = items.Concat(changes).Select(GoText.TypeOf).Distinct().ToList();
        if (types[0] == "[]interface {}")
            throw PatchException.Unprocessable("lists of lists are not supported");

        return types.Count == 1
            ? types[0]
            : throw new PatchException(500, $"list element types are not identical: [{GoText.OfList(items)} {GoText.OfList(changes)}]");
    }

    private static int IndexOf(List<JsonNode?> list, JsonNode? item, string mergeKey) => list.FindIndex(other => AreSame(other, item, mergeKey));

    private static bool AreSame(JsonNode? a, JsonNode? b, string mergeKey) =>
        mergeKey.Length == 0 ? JsonNode.DeepEquals(a, b) : JsonNode.DeepEquals(MapOf(a)[mergeKey], MapOf(b)[mergeKey]);

    private static JsonObject MapOf(JsonNode? item) => item as JsonObject ?? throw BadType(MapType, item);

    private static JsonNode? KeyOf(JsonNode? item, string mergeKey) => MapOf(item).TryGetPropertyValue(mergeKey, out var key)
        ? key
        : throw new PatchException(500, $"map: {GoText.Of(item)} does not contain declared merge key: {mergeKey}");

    private static List<JsonNode?> Distinct(IEnumerable<JsonNode?> scalars)
    {
        var result = new List<JsonNode?>();
        foreach (var scalar in scalars)
        {
            if (IndexOf(result, scalar, "") < 0)
                result.Add(scalar);
        }

        return result;
    }

    private static List<JsonNode?> Detach(JsonArray list)
    {
        var items = list.ToList();
        list.Clear();
        return items;
    }

    /// <summary>Items of the patch, which is not ours, go in as clean copies.</summary>
    private static JsonArray ArrayOf(IEnumerable<JsonNode?> items)
    {
        var result = new JsonArray();
        foreach (var item in items)
        {
            if (item?.Parent is null)
                result.Add(item);
            else if (StrategicMergePatch.TryClean(item, out var clean))
                result.Add(clean);
        }

        return result;
    }
}
