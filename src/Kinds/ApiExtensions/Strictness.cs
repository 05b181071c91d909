using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>Which rules hold: what an old definition broke already, its update may go on breaking.</summary>
internal sealed record Strictness
{
    public static Strictness OfCreate { get; } = new();

    public bool RequiresSchema { get; private init; } = true;

    public bool RequiresStructure { get; private init; } = true;

    public bool RequiresKnownTypes { get; private init; } = true;

    public bool RequiresPrunedDefaults { get; private init; } = true;

    public bool RequiresAtomicSets { get; private init; } = true;

    public bool RequiresSoundKeys { get; private init; } = true;

    public bool RequiresKnownReviews { get; private init; } = true;

    /// <summary>Before anything is served a wrong bundle of authorities harms nobody.</summary>
    public bool RequiresSoundAuthorities { get; private init; }

    public int MaxSelectableFields { get; private init; } = 8;

    public static Strictness OfUpdate(CustomResourceDefinition old)
    {
        var schemas = old.Spec.Versions.Select(v => DefinitionSchemas.Of(v)).ToList();
        var nodes = schemas.OfType<JsonSchema>().SelectMany(s => s.All()).ToList();
        var reviews = old.Spec.Conversion?.Webhook?.ConversionReviewVersions ?? [];
        return new()
        {
            RequiresSchema = schemas.TrueForAll(s => s is not null),
            RequiresStructure = schemas.TrueForAll(s => s is null || StructuralRules.Validate(s, "").Count == 0),
            RequiresKnownTypes = !nodes.Exists(SchemaRules.HasUnknownType),
            RequiresPrunedDefaults = !nodes.Exists(n => n.Default is { } value && Pruning.Prune(value.DeepClone(), n, n.IsEmbeddedResource)),
            RequiresAtomicSets = !nodes.Exists(SchemaRules.HasNonAtomicSet),
            RequiresSoundKeys = !nodes.Exists(SchemaRules.HasUnsoundKeys),
            RequiresKnownReviews = reviews.Count == 0 || reviews.Any(r => r is "v1" or "v1beta1"),
            RequiresSoundAuthorities = old.Status.Conditions.Any(c => c is { Type: "Established", Status: "True" })
                && old.Spec.Conversion?.Webhook?.ClientConfig is not { CaBundle.Length: > 0 } and not null,
            MaxSelectableFields = Math.Max(8, old.Spec.Versions.Select(v => v.SelectableFields.Count).DefaultIfEmpty().Max()),
        };
    }
}
