using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>What is accepted but will not do what its author hopes.</summary>
internal static class DefinitionWarnings
{
    public static void Warn(CustomResourceDefinition obj, CustomResourceDefinition? old, Findings findings)
    {
        var known = old is null ? [] : UnknownFormats(old);
        foreach (var format in UnknownFormats(obj).Except(known))
            findings.Warn($"unrecognized format \"{format}\"");
    }

    private static HashSet<string> UnknownFormats(CustomResourceDefinition obj) =>
        [.. obj.Spec.Versions.Select(DefinitionSchemas.Of).OfType<JsonSchema>().SelectMany(s => s.All()).Where(n => n.Format.Length > 0 && !IsKnown(n)).Select(n => n.Format)];

    private static bool IsKnown(JsonSchema node) => node.Type switch
    {
        "" or "string" => Formats.IsKnown(node.Format),
        "integer" => node.Format is "int32" or "int64",
        "number" => node.Format is "float" or "double",
        _ => false,
    };
}
