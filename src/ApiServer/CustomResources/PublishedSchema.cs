using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>What OpenAPI says of a custom resource: its author's schema with the fields every object has.</summary>
internal static class PublishedSchema
{
    /// <summary>The group turned round, then version and kind: <c>com.example.v1.Widget</c>.</summary>
    public static string NameOf(ResourceType type) => string.Join('.', type.Group.Split('.').Reverse().Append(type.Version).Append(type.Kind));

    public static JsonObject Of(JsonSchema schema, bool preservesUnknown)
    {
        var document = preservesUnknown ? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true } : (JsonObject)schema.Source.DeepClone();
        document["type"] = "object";
        if (document["properties"] is not JsonObject properties)
            document["properties"] = properties = [];
        properties["apiVersion"] = Text("APIVersion defines the version of this object's schema; the server converts what it knows and refuses the rest.");
        properties["kind"] = Text("Kind is the name of the type this object represents, in CamelCase.");
        properties["metadata"] = new JsonObject { ["description"] = "Standard object's metadata.", ["$ref"] = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };
        return document;
    }

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
