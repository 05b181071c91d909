namespace KubeSharp.Machinery.Cel;

/// <summary>A list; implementations may read their items lazily from a document.</summary>
public abstract class CelList
{
    /// <summary>Up to so many items are copied at once.</summary>
    private const int SmallCount = 32;

    /// <summary>How deep lists are joined without copying.</summary>
    private const int MaxJoints = 64;

    public static CelList Empty { get; } = new ArrayList([]);

    public abstract int Count { get; }

    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public abstract CelValue this[int index] { get; }

    public static CelList Of(IReadOnlyList<CelValue> items) => new ArrayList(items);

    public static CelList OfTexts(IEnumerable<string> items) => new ArrayList([.. items.Select(CelValue.Of)]);

    /// <summary>See <see cref="Weights"/>.</summary>
    internal virtual ulong Weight => 1 + (ulong)Count;

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

    internal virtual CelList Plus(CelList other)
    {
        if (Count == 0)
            return other;
        if (other.Count == 0)
            return this;
        var depth = 1 + Math.Max((this as Concatenation)?.Depth ?? 0, (other as Concatenation)?.Depth ?? 0);
        return Count + other.Count <= SmallCount || depth > MaxJoints ? new ArrayList(Copy(this, other)) : new Concatenation(this, other, depth);
    }

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

    /// <summary>Two lists as one, without copying: adding is cheap however long they are.</summary>
    private sealed class Concatenation(CelList first, CelList second, int depth) : CelList
    {
        private readonly int _seam = first.Count;

        public int Depth { get; } = depth;

        internal override ulong Weight { get; } = first.Weight + second.Weight;

        public override int Count { get; } = first.Count + second.Count;

        public override CelValue this[int index] => index < _seam ? first[index] : second[index - _seam];
    }

    private sealed class ArrayList(IReadOnlyList<CelValue> items) : CelList
    {
        private ulong _weight;

        /// <summary>Counted once; a race counts twice.</summary>
        internal override ulong Weight => _weight > 0 ? _weight : _weight = items.Aggregate(1UL, (sum, item) => sum + Weights.Of(item));

        public override int Count => items.Count;

        public override CelValue this[int index] => items[index];
    }
}
