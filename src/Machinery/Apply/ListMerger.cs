using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery;

/// <summary>
/// Merges two lists item by item. Items that both have come in the applied order; items only the live list has keep their place
/// before the shared item they stood before.
/// </summary>
internal static class ListMerger
{
    public static JsonNode? Merge(FieldType type, JsonElement live, JsonElement applied, Func<FieldType, JsonElement, JsonElement, JsonNode?> item)
    {
        var (old, wanted) = (Items(type, live), Items(type, applied));
        // Doubles in the live list, which an update may have left, are replaced by the applied item and not merged with it.
        var oldByElement = old.GroupBy(o => o.Element).ToDictionary(g => g.Key, g => g.Count() == 1 ? g.First().Item : default);
        var wantedByElement = wanted.ToDictionary(w => w.Element, w => w.Item);
        var shared = new Queue<PathElement>(wanted.Select(w => w.Element).Where(oldByElement.ContainsKey));
        var merged = new JsonArray();
        var done = new HashSet<PathElement>();
        var (i, j) = (0, 0);
        while (i < old.Count || j < wanted.Count)
        {
            if (i < old.Count && j < wanted.Count)
            {
                var element = old[i].Element;
                if (element == wanted[j].Element)
                {
                    Take(element);
                    (i, j) = (i + 1, j + 1);
                    shared.TryDequeue(out _);
                    continue;
                }

                if (wantedByElement.ContainsKey(element) && shared.TryPeek(out var next) && next != element)
                {
                    i++; // its turn comes later, where the applied list has it
                    continue;
                }
            }

            if (i < old.Count)
            {
                if (!wantedByElement.ContainsKey(old[i].Element))
                {
                    merged.Add(item(type.Item, old[i].Item, default));
                    i++;
                    continue;
                }

                if (done.Contains(old[i].Element))
                    i++;
            }

            if (j < wanted.Count)
            {
                var element = wanted[j].Element;
                Take(element);
                j++;
                if (shared.TryPeek(out var next) && next == element)
                    shared.Dequeue();
            }
        }

        return merged;

        void Take(PathElement element)
        {
            done.Add(element);
            merged.Add(item(type.Item, oldByElement.GetValueOrDefault(element), wantedByElement[element]));
        }
    }

    private static List<(PathElement Element, JsonElement Item)> Items(FieldType type, JsonElement list)
    {
        var items = new List<(PathElement, JsonElement)>();
        if (list.ValueKind != JsonValueKind.Array)
            return items;

        foreach (var item in list.EnumerateArray())
        {
            var element = type.ElementOf(item, out var problem);
            if (problem is null)
                items.Add((element, item));
        }

        return items;
    }
}
