using System.Runtime.InteropServices;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>What changed between two versions of an object. A place is in at most one of the sets.</summary>
/// <param name="Added">Places only the later one has, parents included.</param>
/// <param name="Modified">Leaves both have with different values.</param>
/// <param name="Removed">Places only the earlier one has, parents included.</param>
public sealed record FieldComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    public static FieldComparison Of(Schema schema, JsonElement before, JsonElement after)
    {
        var found = Walk(FieldType.Of(schema), before, after);
        return new(found.Added.Children, found.Modified.Children, found.Removed.Children);
    }

    /// <summary>Each of the sets with something left out.</summary>
    public FieldComparison Select(Func<FieldSet, FieldSet> filter) => new(filter(Added), filter(Modified), filter(Removed));

    private static Marks Walk(FieldType type, JsonElement before, JsonElement after)
    {
        var (wasThere, isThere) = (before.ValueKind != JsonValueKind.Undefined, after.ValueKind != JsonValueKind.Undefined);
        if (wasThere && isThere && JsonMarshal.GetRawUtf8Value(before).SequenceEqual(JsonMarshal.GetRawUtf8Value(after)))
            return default; // most of a document, most of the time

        var (was, now) = (type.FormOf(before), type.FormOf(after));
        var (form, marks) = (now, default(Marks));
        if (!isThere || now == FieldForm.Open)
        {
            form = was;
        }
        else if (wasThere && was != now && was != FieldForm.Open)
        {
            // Two sorts of things where the schema allows any: what the one had is gone, what the other has is new, and the place itself changed.
            marks = was == FieldForm.Leaf ? Leaf(before, after) : In(type, was, before, default);
            marks = marks.With(now == FieldForm.Leaf ? Leaf(before, after) : In(type, now, default, after));
            return marks;
        }

        if (form == FieldForm.Leaf || (IsBare(before) && IsBare(after)))
            return Leaf(before, after);

        marks = In(type, form, before, after);
        return wasThere && isThere ? marks : marks.With(wasThere ? new() { Removed = FieldMark.Member } : new() { Added = FieldMark.Member });
    }

    private static Marks In(FieldType type, FieldForm form, JsonElement before, JsonElement after) =>
        form == FieldForm.List ? InList(type, before, after) : InMap(type, before, after);

    /// <summary>A list or map without contents, or none: kept apart from each other as leaves are.</summary>
    private static bool IsBare(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => true,
    };

    private static Marks Leaf(JsonElement before, JsonElement after)
    {
        if (before.ValueKind == JsonValueKind.Undefined)
            return new() { Added = FieldMark.Member };
        if (after.ValueKind == JsonValueKind.Undefined)
            return new() { Removed = FieldMark.Member };
        return JsonElement.DeepEquals(before, after) ? default : new() { Modified = FieldMark.Member };
    }

    private static Marks InMap(FieldType type, JsonElement before, JsonElement after)
    {
        var level = default(Level);
        var pairs = new JsonPairs(before, after);
        while (pairs.MoveNext())
        {
            var (left, right) = (pairs.Left, pairs.Right);
            if (left.ValueKind != JsonValueKind.Undefined && right.ValueKind != JsonValueKind.Undefined
                && JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right)))
            {
                continue;
            }

            var under = type.Under(pairs.Name, out var declared) ?? FieldType.Of(Schemas.Raw);
            level.Add(PathElement.Field(declared?.Name ?? pairs.Name), Walk(under, left, right));
        }

        return level.Build();
    }

    private static Marks InList(FieldType type, JsonElement before, JsonElement after)
    {
        var (was, now) = (Index(type, before), Index(type, after));
        var level = default(Level);
        foreach (var (element, left) in was)
        {
            var right = now.GetValueOrDefault(element);
            level.Add(element, Item(type.Item, left, right));
        }

        foreach (var (element, right) in now)
        {
            if (!was.ContainsKey(element))
                level.Add(element, Item(type.Item, null, right));
        }

        return level.Build();
    }

    /// <summary>Items under one key. More than one of them, which only an update can leave there, are owned together as one leaf.</summary>
    private static Marks Item(FieldType type, List<JsonElement>? before, List<JsonElement>? after) => (before?.Count ?? 0, after?.Count ?? 0) switch
    {
        ( <= 1, <= 1) => Walk(type, before is null ? default : before[0], after is null ? default : after[0]),
        ( > 1, > 1) => before!.Count == after!.Count && before.Zip(after).All(p => JsonElement.DeepEquals(p.First, p.Second)) // both are counted above
            ? default
            : new() { Modified = FieldMark.Member },
        ( > 1, _) => new Marks { Removed = FieldMark.Member }.With(after is null ? default : Walk(type, default, after[0])),
        _ => new Marks { Added = FieldMark.Member }.With(before is null ? default : Walk(type, before[0], default)),
    };

    private static Dictionary<PathElement, List<JsonElement>> Index(FieldType type, JsonElement list)
    {
        var items = new Dictionary<PathElement, List<JsonElement>>();
        if (list.ValueKind != JsonValueKind.Array)
            return items;

        foreach (var item in list.EnumerateArray())
        {
            var element = type.ElementOf(item, out var problem);
            if (problem is not null)
                continue;
            if (items.TryGetValue(element, out var others))
                others.Add(item);
            else
                items.Add(element, [item]);
        }

        return items;
    }

    private struct Marks
    {
        public FieldMark Added;
        public FieldMark Modified;
        public FieldMark Removed;

        public readonly Marks With(Marks other) => new()
        {
            Added = Both(Added, other.Added),
            Modified = Both(Modified, other.Modified),
            Removed = Both(Removed, other.Removed),
        };

        private static FieldMark Both(FieldMark a, FieldMark b) => new(a.IsMember || b.IsMember, a.Children.Union(b.Children));
    }

    private struct Level
    {
        private FieldSetBuilder _added;
        private FieldSetBuilder _modified;
        private FieldSetBuilder _removed;

        public void Add(PathElement element, Marks marks)
        {
            _added.Add(element, marks.Added);
            _modified.Add(element, marks.Modified);
            _removed.Add(element, marks.Removed);
        }

        public readonly Marks Build() => new()
        {
            Added = new(false, _added.Build()),
            Modified = new(false, _modified.Build()),
            Removed = new(false, _removed.Build()),
        };
    }
}
