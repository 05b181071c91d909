namespace KubeSharp.Machinery;

/// <summary>Go's nil lists, maps and bytes: empty to every reader, but written as <c>null</c> where the field is always written.</summary>
public static class Nil
{
    public static IReadOnlyList<T> List<T>() => Lists<T>.Instance;

    public static IReadOnlyDictionary<string, T> Map<T>() => Maps<T>.Instance;

    public static bool Is<T>(IReadOnlyList<T> list) => ReferenceEquals(list, Lists<T>.Instance);

    public static bool Is<T>(IReadOnlyDictionary<string, T> map) => ReferenceEquals(map, Maps<T>.Instance);

    /// <summary>Bytes that were never set, as against none.</summary>
    public static bool Is(ReadOnlyMemory<byte> bytes) => bytes.Equals(default);

    private static class Lists<T>
    {
        // Not Array.Empty: that one is what "[]" in code gives, which is an empty list and not nil.
#pragma warning disable CA1825
        public static readonly IReadOnlyList<T> Instance = new T[0];
#pragma warning restore CA1825
    }

    private static class Maps<T>
    {
        public static readonly IReadOnlyDictionary<string, T> Instance = new Dictionary<string, T>(0);
    }
}
