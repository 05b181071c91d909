using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.Cel;

internal class JsonList(JsonArray array, CelType element) : CelList
{
    public override int Count => array.Count;

    public override CelValue this[int index] => CelJson.Read(array[index], element);
}

/// <summary>A list with <c>x-kubernetes-list-type</c> set or map: its order says nothing.</summary>
internal sealed class JsonSet : CelList
{
    private readonly CelType _type;
    private readonly IReadOnlyList<CelValue> _items;
    private readonly Dictionary<CelValue, int> _places = [];

    public JsonSet(JsonArray array, CelType type)
        : this([.. array.Select(item => CelJson.Read(item, type.Element))], type)
    {
    }

    private JsonSet(IReadOnlyList<CelValue> items, CelType type)
    {
        (_items, _type) = (items, type);
        for (var i = 0; i < items.Count; i++)
            _places.TryAdd(KeyOf(items[i]), i);
    }

    public override int Count => _items.Count;

    public override CelValue this[int index] => _items[index];

    internal override bool IsEqual(CelList other)
    {
        if (Count != other.Count)
            return false;
        for (var i = 0; i < other.Count; i++)
        {
            if (!_places.TryGetValue(KeyOf(other[i]), out var place) || !_items[place].Equals(other[i]))
                return false;
        }

        return true;
    }

    /// <summary>The union: what both have keeps its place on the left, and its value on the right.</summary>
    internal override CelList Plus(CelList other)
    {
        var items = _items.ToList();
        for (var i = 0; i < other.Count; i++)
        {
            if (_places.TryGetValue(KeyOf(other[i]), out var place))
                items[place] = other[i];
            else
                items.Add(other[i]);
        }

        return new JsonSet(items, _type);
    }

    private CelValue KeyOf(CelValue item)
    {
        if (_type.ListKind == ListKind.Set)
            return item;

        var key = _type.MapKeys.Select(name => item.Kind switch
        {
            CelKind.Object => item.AsObject.TryGet(CelNames.TryEscape(name, out var escaped) ? escaped : name, out var value) ? value : default,
            CelKind.Map => item.AsMap.TryGet(CelValue.Of(name), out var value) ? value : default,
            _ => default,
        });
        return CelValue.Of(string.Join('\0', key.Select(part => part.ToString())));
    }
}

internal sealed class JsonMap(JsonObject obj, CelType element) : CelMap
{
    public override int Count => obj.Count;

    public override IEnumerable<CelValue> Keys => obj.Select(property => CelValue.Of(property.Key));

    public override bool TryGet(CelValue key, out CelValue value)
    {
        value = default;
        if (key.Kind != CelKind.Text || !obj.TryGetPropertyValue(key.AsText, out var node))
            return false;
        value = CelJson.Read(node, element);
        return true;
    }
}

/// <summary>An object of a schema. A null is the same as an absent field.</summary>
internal sealed class JsonStruct(JsonObject obj, CelType type) : CelObject
{
    public override CelType Type { get; } = type;

    public override IEnumerable<string> Present =>
        obj.Where(p => p.Value is not null)
            .Select(p => CelNames.TryEscape(p.Key, out var escaped) ? escaped : p.Key)
            .Where(name => Type.FindField(name) is not null);

    public override bool TryGet(string field, out CelValue value)
    {
        value = default;
        if (Type.FindField(field) is not { } declared || !obj.TryGetPropertyValue(declared.JsonName, out var node) || node is null)
            return false;
        value = CelJson.Read(node, declared.Type);
        return true;
    }
}
