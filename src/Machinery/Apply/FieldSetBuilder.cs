namespace KubeSharp.Machinery;

/// <summary>Collects the entries of one level, in any order.</summary>
internal struct FieldSetBuilder
{
    private List<FieldEntry>? _entries;

    public void Add(PathElement element, FieldMark mark)
    {
        if (!mark.IsEmpty)
            (_entries ??= []).Add(new(element, mark.IsMember, mark.Children));
    }

    public readonly FieldSet Build()
    {
        if (_entries is null)
            return FieldSet.Empty;

        _entries.Sort(static (a, b) => a.Element.CompareTo(b.Element));
        for (var i = _entries.Count - 1; i > 0; i--)
        {
            if (_entries[i].Element != _entries[i - 1].Element)
                continue;

            var (first, second) = (_entries[i - 1], _entries[i]);
            _entries[i - 1] = new(first.Element, first.IsMember || second.IsMember, first.Children.Union(second.Children));
            _entries.RemoveAt(i);
        }

        return new([.. _entries]);
    }
}

/// <summary>What a walk says of one place: whether it belongs to the set, and what below it does.</summary>
internal readonly struct FieldMark(bool isMember, FieldSet? children)
{
    public static FieldMark Member { get; } = new(true, null);

    public bool IsMember { get; } = isMember;

    public FieldSet Children => children ?? FieldSet.Empty;

    public bool IsEmpty => !IsMember && children is not { IsEmpty: false };
}
