namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// Field sets by their encoding. The entries of managedFields repeat without end, from version to version of an object and from object to
/// object of a workload; read once, a set is shared. Thread-safe.
/// </summary>
internal sealed class FieldSetCache
{
    /// <summary>Two generations of so many sets, a few megabytes in all; what is used moves on, what is not is forgotten.</summary>
    private const int Generation = 512;

    private readonly Lock _gate = new();
    private Dictionary<Content, FieldSet> _young = [];
    private Dictionary<Content, FieldSet> _old = [];

    /// <exception cref="DecodeException">Not FieldsV1.</exception>
    public FieldSet Read(ReadOnlyMemory<byte> json)
    {
        var content = new Content(json);
        lock (_gate)
        {
            if (_young.TryGetValue(content, out var known))
                return known;
            if (_old.TryGetValue(content, out known))
            {
                // The key it had, for this one may be a slice of a whole document.
                Add_NeedsLock(new(known.Json), known);
                return known;
            }
        }

        var set = FieldsV1.Read(json);
        // The encoding may differ from ours in order or spelling; then it is kept under its own.
        var key = set.Json.Span.SequenceEqual(json.Span) ? set.Json : json.ToArray();
        lock (_gate)
            Add_NeedsLock(new(key), set);
        return set;
    }

    /// <summary>The encoding, and the memory of it: the next write reads it back.</summary>
    public ReadOnlyMemory<byte> Write(FieldSet set)
    {
        var json = set.Json;
        lock (_gate)
            Add_NeedsLock(new(json), set);
        return json;
    }

    private void Add_NeedsLock(Content content, FieldSet set)
    {
        if (_young.Count >= Generation)
            (_old, _young) = (_young, []);
        _young.TryAdd(content, set);
    }

    private readonly struct Content : IEquatable<Content>
    {
        private readonly ReadOnlyMemory<byte> _bytes;
        private readonly int _hash;

        public Content(ReadOnlyMemory<byte> bytes)
        {
            _bytes = bytes;
            var hash = default(HashCode);
            hash.AddBytes(bytes.Span);
            _hash = hash.ToHashCode();
        }

        public bool Equals(Content other) => _hash == other._hash && _bytes.Span.SequenceEqual(other._bytes.Span);

        public override bool Equals(object? obj) => obj is Content other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
