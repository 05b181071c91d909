namespace KubeSharp.Controllers.Namespaces;

/// <summary>What is left of one resource in a namespace that is going.</summary>
/// <param name="Finalizers">Who holds it: each finalizer and on how many objects it is.</param>
internal sealed record Remainder(ResourceType Type, int Count, IReadOnlyDictionary<string, int> Finalizers)
{
    public static Remainder Of(ResourceType type, IReadOnlyList<PartialObjectMetadata> items) => new(
        type, items.Count, items.SelectMany(i => i.Metadata.Finalizers).GroupBy(f => f).ToDictionary(g => g.Key, g => g.Count()));
}
