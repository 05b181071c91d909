using System.Collections.Concurrent;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>The way of each key's resource by the rules of now; asked for every read and write, so what was found is kept.</summary>
/// <param name="resources">Those whose place in the store does not tell their names.</param>
internal sealed class TransformerTable(StorageEncryption encryption, IEnumerable<ServedResource> resources, TimeProvider clock)
{
    private Known? _known;

    /// <summary>How the value at a key is stored; null for as it is.</summary>
    public ITransformer? Find(string key) => TryFind(key, out var transformer) ? transformer : null;

    /// <returns>False if the key or prefix is not within one resource.</returns>
    public bool TryFind(string key, out ITransformer? transformer)
    {
        var rules = encryption.Rules;
        var known = _known;
        if (known is null || !ReferenceEquals(known.Rules, rules))
            _known = known = new(rules, resources, clock);
        return known.TryFind(key, out transformer);
    }

    private sealed class Known
    {
        private readonly TimeProvider _clock;
        private readonly ConcurrentDictionary<string, ITransformer?> _all;
        private readonly ConcurrentDictionary<string, ITransformer?>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;

        public Known(EncryptionRules rules, IEnumerable<ServedResource> resources, TimeProvider clock)
        {
            (Rules, _clock) = (rules, clock);
            _all = new(resources.DistinctBy(r => r.StoragePrefix).Select(r => KeyValuePair.Create<string, ITransformer?>(r.StoragePrefix, Make(r.Type.Group, r.Type.Plural))), StringComparer.Ordinal);
            _byPrefix = _all.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public EncryptionRules Rules { get; }

        public bool TryFind(string key, out ITransformer? transformer)
        {
            var prefix = StoragePrefixes.In(key);
            return _byPrefix.TryGetValue(prefix, out transformer) || TryAdd(prefix, out transformer);
        }

        /// <summary>A custom resource: its place is its group and its name. A method of its own: what the lambda takes along must not be made for every key.</summary>
        private bool TryAdd(ReadOnlySpan<char> prefix, out ITransformer? transformer)
        {
            transformer = null;
            var parts = prefix.EndsWith('/') ? prefix.Trim('/').ToString().Split('/') : [];
            if (parts is not [_, var group, var plural])
                return false;

            transformer = _all.GetOrAdd(prefix.ToString(), _ => Make(group, plural));
            return true;
        }

        private PrefixTransformers? Make(string group, string plural) =>
            Rules.Of(group, plural) is { } providers ? new(providers, metrics: new(group.Length == 0 ? plural : $"{plural}.{group}", _clock)) : null;
    }
}
