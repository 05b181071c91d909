namespace KubeSharp.Scheduler.Cache;

/// <summary>Comparison of maps by content.</summary>
internal static class Maps
{
    public static bool SameAs<T>(this IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right)
        where T : IEquatable<T>
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left.Count != right.Count)
            return false;

        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || !value.Equals(other))
                return false;
        }

        return true;
    }
}
