using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The schema of a version as the algorithms of structural schemas take it.</summary>
public static class DefinitionSchemas
{
    /// <returns>Null if the version has no schema.</returns>
    public static JsonSchema? Of(CustomResourceDefinitionVersion version) => version.Schema?.OpenAPIV3Schema is { } props
        ? JsonSchema.Of(JsonTree.Parse(Json.Encode(props), DecodeContext.Lenient))
        : null;
}
