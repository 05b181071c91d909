namespace KubeSharp.Machinery;

/// <summary>A step of a set: whether the place itself is a member, and which members lie below it. One of the two is always so.</summary>
public readonly record struct FieldEntry(PathElement Element, bool IsMember, FieldSet Children);

/// <summary>A set of paths into an object: what a manager owns. A path's membership says nothing of what lies above or below it.</summary>
/// <remarks>Immutable; the operations share what they do not change, and give back the same instance where nothing changes.</remarks>
public sealed class FieldSet : IEquatable<FieldSet>
{
    private readonly FieldEntry[] _entries;
    private ReadOnlyMemory<byte> _json;
    private Schema? _fitting;

    /// <param name="sorted">By element, each once; kept, not copied.</param>
    internal FieldSet(FieldEntry[] sorted) => _entries = sorted;

    public static FieldSet Empty { get; } = new([]);

    public bool IsEmpty => _entries.Length == 0;

    public ReadOnlySpan<FieldEntry> Entries => _entries;

    /// <summary>The FieldsV1 encoding; made once.</summary>
    public ReadOnlyMemory<byte> Json => _json.IsEmpty ? _json = FieldsV1.Write(this) : _json;

    /// <summary>A set of fields given as <c>metadata.name</c>.</summary>
    public static FieldSet Of(params IEnumerable<string> paths)
    {
        var set = Empty;
        foreach (var path in paths)
            set = set.Union(Of(path.Split('.').Select(PathElement.Field).ToArray()));
        return set;
    }

    public static FieldSet Of(ReadOnlySpan<PathElement> path) => path.Length switch
    {
        0 => Empty,
        1 => new([new(path[0], true, Empty)]),
        _ => new([new(path[0], false, Of(path[1..]))]),
    };

    public bool Contains(params ReadOnlySpan<PathElement> path)
    {
        var set = this;
        for (var i = 0; i < path.Length; i++)
        {
            if (set.Find(path[i]) is not { } entry)
                return false;
            if (i == path.Length - 1)
                return entry.IsMember;
            set = entry.Children;
        }

        return false;
    }

    public FieldEntry? Find(PathElement element)
    {
        var (low, high) = (0, _entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _entries[middle].Element.CompareTo(element);
            if (order == 0)
                return _entries[middle];
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    public FieldSet Union(FieldSet other)
    {
        if (other.IsEmpty || ReferenceEquals(this, other))
            return this;
        if (IsEmpty)
            return other;

        var (mine, theirs) = (_entries, other._entries);
        var united = new List<FieldEntry>(mine.Length + theirs.Length);
        var (i, j, isSame) = (0, 0, true);
        while (i < mine.Length || j < theirs.Length)
        {
            var order = i == mine.Length ? 1 : j == theirs.Length ? -1 : mine[i].Element.CompareTo(theirs[j].Element);
            if (order < 0)
            {
                united.Add(mine[i++]);
            }
            else if (order > 0)
            {
                united.Add(theirs[j++]);
                isSame = false;
            }
            else
            {
                var entry = new FieldEntry(mine[i].Element, mine[i].IsMember || theirs[j].IsMember, mine[i].Children.Union(theirs[j].Children));
                isSame &= IsSame(entry, mine[i]);
                united.Add(entry);
                (i, j) = (i + 1, j + 1);
            }
        }

        return isSame ? this : new([.. united]);
    }

    public FieldSet Intersect(FieldSet other) => Pair(other, keepsRest: false, static (mine, theirs) =>
        new(mine.Element, mine.IsMember && theirs.IsMember, mine.Children.Intersect(theirs.Children)));

    /// <summary>Without the other's members; what lies below them stays.</summary>
    public FieldSet Except(FieldSet other) => Pair(other, keepsRest: true, static (mine, theirs) =>
        new(mine.Element, mine.IsMember && !theirs.IsMember, mine.Children.Except(theirs.Children)));

    /// <summary>Without the other's members and all that lies below them.</summary>
    public FieldSet ExceptTrees(FieldSet other) => Pair(other, keepsRest: true, static (mine, theirs) => theirs.IsMember
        ? new(mine.Element, false, Empty)
        : mine with { Children = mine.Children.ExceptTrees(theirs.Children) });

    /// <summary>The members as text, in upstream's order: those of a level first, then what lies below.</summary>
    public IEnumerable<string> Paths() => Paths("");

    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._entries.Length != _entries.Length)
            return false;

        for (var i = 0; i < _entries.Length; i++)
        {
            var (mine, theirs) = (_entries[i], other._entries[i]);
            if (mine.IsMember != theirs.IsMember || mine.Element != theirs.Element || !mine.Children.Equals(theirs.Children))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var entry in _entries)
            hash.Add(entry.Element);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join('\n', Paths());

    /// <summary>This set with other entries, or this one if they are the same.</summary>
    /// <param name="change">What becomes of an entry; one that is no member and has nothing below it is dropped.</param>
    internal FieldSet Select<T>(Func<FieldEntry, T, FieldEntry> change, T state)
    {
        List<FieldEntry>? changed = null;
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = change(_entries[i], state);
            if (changed is null && IsSame(entry, _entries[i]))
                continue;
            changed ??= [.. _entries.AsSpan(0, i)];
            if (entry.IsMember || !entry.Children.IsEmpty)
                changed.Add(entry);
        }

        return changed is null ? this : changed.Count == 0 ? Empty : new([.. changed]);
    }

    /// <summary>Whether this has been found to fit a schema before; sets are shared between many objects of a kind.</summary>
    internal bool IsKnownToFit(Schema schema) => ReferenceEquals(_fitting, schema);

    internal void Fits(Schema schema) => _fitting = schema;

    private FieldSet Pair(FieldSet other, bool keepsRest, Func<FieldEntry, FieldEntry, FieldEntry> both)
    {
        if (IsEmpty || other.IsEmpty)
            return keepsRest ? this : Empty;

        var theirs = other._entries;
        var at = 0;
        return Select(
            (mine, _) =>
            {
                while (at < theirs.Length && theirs[at].Element.CompareTo(mine.Element) < 0)
                    at++;
                if (at < theirs.Length && theirs[at].Element == mine.Element)
                    return both(mine, theirs[at]);
                return keepsRest ? mine : new(mine.Element, false, Empty);
            },
            0);
    }

    private IEnumerable<string> Paths(string prefix)
    {
        foreach (var entry in _entries)
        {
            if (entry.IsMember)
                yield return prefix + entry.Element;
        }

        foreach (var entry in _entries)
        {
            foreach (var path in entry.Children.Paths(prefix + entry.Element))
                yield return path;
        }
    }

    private static bool IsSame(FieldEntry a, FieldEntry b) => a.IsMember == b.IsMember && ReferenceEquals(a.Children, b.Children);
}
