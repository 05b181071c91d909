namespace KubeSharp.Machinery.Cel;

/// <summary>A structure; implementations may compute their fields when they are asked for, such as the variables of a policy.</summary>
public abstract class CelObject
{
    public abstract CelType Type { get; }

    /// <summary>The names of the fields that are set, as expressions write them.</summary>
    public abstract IEnumerable<string> Present { get; }

    /// <param name="field">As expressions write it.</param>
    /// <returns><see langword="false"/> if the field is not set. A field whose computation failed is set, to an error.</returns>
    public abstract bool TryGet(string field, out CelValue value);

    /// <summary>See <see cref="Weights"/>.</summary>
    internal virtual ulong Weight => 16;

    internal bool IsEqual(CelObject other)
    {
        if (Type.Name != other.Type.Name)
            return false;
        var count = 0;
        foreach (var field in Present)
        {
            count++;
            if (!TryGet(field, out var mine) || !other.TryGet(field, out var theirs) || !mine.Equals(theirs))
                return false;
        }

        return count == other.Present.Count();
    }
}

/// <summary>What <c>Type{field: value}</c> makes.</summary>
internal sealed class MadeObject(CelType type, IReadOnlyDictionary<string, CelValue> fields) : CelObject
{
    public override CelType Type { get; } = type;

    public override IEnumerable<string> Present => fields.Keys;

    internal override ulong Weight { get; } = fields.Values.Aggregate(1UL, (sum, value) => sum + Weights.Of(value));

    public override bool TryGet(string field, out CelValue value) => fields.TryGetValue(field, out value);
}
