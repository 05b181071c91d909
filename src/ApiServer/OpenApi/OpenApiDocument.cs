using System.Text.Json;
using KubeSharp.ApiServer.Discovery;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>A resource (or subresource) with the schema of the object it takes and gives.</summary>
public sealed record PublishedResource(ResourceType Type, Schema Schema);

/// <summary>An OpenAPI document of a set of resources: all of them for v2, those of one group and version for v3. Pure.</summary>
internal sealed class OpenApiDocument(IReadOnlyList<PublishedResource> resources, OpenApiVersion version, string serverVersion)
{
    public byte[] ToBytes() => DiscoveryDocuments.Write(Write);

    private void Write(Utf8JsonWriter w)
    {
        var schemas = new SchemaWriter(w, version);
        w.WriteStartObject();
        w.WriteString(version == OpenApiVersion.V2 ? "swagger"u8 : "openapi"u8, version == OpenApiVersion.V2 ? "2.0"u8 : "3.0.0"u8);
        w.WriteStartObject("info"u8);
        w.WriteString("title"u8, "Kubernetes"u8);
        w.WriteString("version"u8, serverVersion);
        w.WriteEndObject();

        w.WriteStartObject("paths"u8);
        var operations = new OperationWriter(w, schemas, version);
        foreach (var (path, group) in resources.SelectMany(OperationWriter.PathsOf).GroupBy(p => p.Path, p => p.Item).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.First())))
            operations.WritePath(path, group);
        w.WriteEndObject();

        if (version == OpenApiVersion.V3)
            w.WriteStartObject("components"u8);
        w.WriteStartObject(version == OpenApiVersion.V2 ? "definitions"u8 : "schemas"u8);
        var kinds = KindsByName();
        schemas.WriteDefinitions(name =>
        {
            if (kinds.TryGetValue(name, out var served))
                WriteKinds(w, served);
        });
        w.WriteEndObject();
        if (version == OpenApiVersion.V3)
            w.WriteEndObject();
        w.WriteEndObject();
    }

    private Dictionary<string, List<ResourceType>> KindsByName() =>
        resources.GroupBy(r => r.Schema.Name).ToDictionary(g => g.Key, g => g.Select(r => r.Type).ToList());

    /// <summary>What tells a client which schema belongs to which kind.</summary>
    private static void WriteKinds(Utf8JsonWriter w, List<ResourceType> types)
    {
        w.WriteStartArray("x-kubernetes-group-version-kind"u8);
        foreach (var (group, version, kind) in types.Select(OperationWriter.KindOf).Distinct())
        {
            w.WriteStartObject();
            w.WriteString("group"u8, group);
            w.WriteString("kind"u8, kind);
            w.WriteString("version"u8, version);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
