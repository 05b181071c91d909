using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Kinds.ApiExtensions;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Objects inside of custom resources have metadata like any other.</summary>
internal static class EmbeddedMetadata
{
    public static void Validate(JsonObject content, JsonSchema schema, Findings findings) =>
        EmbeddedResources.Validate(content, schema, "", (metadata, field) => EmbeddedMetadataRules.Validate(metadata, field, findings), findings);
}
