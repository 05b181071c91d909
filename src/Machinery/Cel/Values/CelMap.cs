using System.Diagnostics.CodeAnalysis;

namespace KubeSharp.Machinery.Cel;

/// <summary>A map; implementations may read their entries lazily from a document.</summary>
public abstract class CelMap
{
    public abstract int Count { get; }

    /// <summary>The keys, in a fixed order.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    public abstract bool TryGet(CelValue key, out CelValue value);

    public static CelMap Of(IEnumerable<KeyValuePair<CelValue, CelValue>> entries)
    {
        var map = new CelMapBuilder();
        foreach (var (key, value) in entries)
            map.TryAdd(key, value);
        return map.Build();
    }

    /// <summary>See <see cref="Weights"/>.</summary>
    internal virtual ulong Weight => 1 + (ulong)Count;

    internal bool IsEqual(CelMap other)
    {
        if (Count != other.Count)
            return false;
        foreach (var key in Keys)
        {
            if (!TryGet(key, out var mine) || !other.TryGet(key, out var theirs) || !mine.Equals(theirs))
                return false;
        }

        return true;
    }
}

/// <summary>Collects the entries of a map in order. The built map shares the storage: build once, at the end.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "a builder, not a collection")]
internal sealed class CelMapBuilder
{
    private readonly Dictionary<CelValue, CelValue> _entries = [];
    private readonly List<CelValue> _keys = [];
    private ulong _weight = 1;

    public bool TryAdd(CelValue key, CelValue value)
    {
        if (!_entries.TryAdd(key, value))
            return false;
        _keys.Add(key);
        _weight += Weights.Of(key) + Weights.Of(value);
        return true;
    }

    public CelMap Build() => new Built(this);

    /// <summary>CEL keys are bools, whole numbers and text; a double finds the whole number it equals.</summary>
    public static bool IsKey(CelValue key) => key.Kind is CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Text;

    private sealed class Built(CelMapBuilder builder) : CelMap
    {
        public override int Count => builder._keys.Count;

        internal override ulong Weight => builder._weight;

        public override IEnumerable<CelValue> Keys => builder._keys;

        public override bool TryGet(CelValue key, out CelValue value) => builder._entries.TryGetValue(key, out value);
    }
}
