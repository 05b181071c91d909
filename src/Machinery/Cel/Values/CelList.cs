namespace KubeSharp.Machinery.Cel;

/// <summary>A list; implementations may read their items lazily from a document.</summary>
public abstract class CelList
{
    public static CelList Empty { get; } = new ArrayList([]);

    public abstract int Count { get; }

    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public abstract CelValue this[int index] { get; }

    public static CelList Of(IReadOnlyList<CelValue> items) => new ArrayList(items);

    public static CelList OfTexts(IEnumerable<string> items) => new ArrayList([.. items.Select(CelValue.Of)]);

    internal virtual bool IsEqual(CelList other)
    {
        if (Count != other.Count)
            return false;
        for (var i = 0; i < Count; i++)
        {
            if (!this[i].Equals(other[i]))
                return false;
        }

        return true;
    }

    internal virtual CelList Plus(CelList other) =>
        Count == 0 ? other : other.Count == 0 ? this : new ArrayList(Copy(this, other));

    internal bool Has(CelValue item)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i].Equals(item))
                return true;
        }

        return false;
    }

    internal CelValue[] ToArray() => Copy(this, Empty);

    private static CelValue[] Copy(CelList first, CelList second)
    {
        var items = new CelValue[first.Count + second.Count];
        for (var i = 0; i < first.Count; i++)
            items[i] = first[i];
        for (var i = 0; i < second.Count; i++)
            items[first.Count + i] = second[i];
        return items;
    }

    private sealed class ArrayList(IReadOnlyList<CelValue> items) : CelList
    {
        public override int Count => items.Count;

        public override CelValue this[int index] => items[index];
    }
}
