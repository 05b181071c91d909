namespace KubeSharp.Kinds.Core;

/// <summary>What ConfigMaps and Secrets share.</summary>
internal static class DataRules
{
    public const int MaxBytes = 1024 * 1024;
    private const string Frozen = "field is immutable when `immutable` is set";

    public static void Keys(IEnumerable<string> keys, string field, Findings findings)
    {
        foreach (var key in keys)
        {
            foreach (var problem in NameRules.ConfigMapKey(key))
                findings.Invalid($"{field}[{key}]", key, problem);
        }
    }

    public static void Immutable(bool? before, bool? after, Findings findings, params ReadOnlySpan<(string Field, bool IsSame)> fields)
    {
        if (before != true)
            return;

        if (after != true)
            findings.Forbidden("immutable", Frozen);
        foreach (var (field, isSame) in fields)
        {
            if (!isSame)
                findings.Forbidden(field, Frozen);
        }
    }

    public static bool Same(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value == p.Value);

    public static bool Same(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> a, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && value.Span.SequenceEqual(p.Value.Span));
}
