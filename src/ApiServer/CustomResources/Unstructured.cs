using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>An object whose type is known only at run time: typed metadata and a tree for the rest. Immutable.</summary>
/// <param name="content">Everything but apiVersion, kind and metadata. Nobody changes it from here on.</param>
/// <param name="hasStatus">Whether status is a part of its own (the status subresource is enabled).</param>
public sealed class Unstructured(string apiVersion, string kind, ObjectMeta metadata, JsonObject content, bool hasStatus) : IObject
{
    private JsonObject? _document;

    public string ApiVersion { get; } = apiVersion;

    public string Kind { get; } = kind;

    public ObjectMeta Metadata { get; } = metadata;

    public JsonObject Content { get; } = content;

    /// <summary>The whole object as one tree; made on first use, not to be changed.</summary>
    public JsonObject Document => _document ??= JsonTree.Parse(Json.EncodeObject(this), DecodeContext.Lenient);

    public IObject CopyWith(ObjectMeta metadata) => ReferenceEquals(metadata, Metadata) ? this : new Unstructured(ApiVersion, Kind, metadata, Content, hasStatus);

    public IObject WithStatusOf(IObject? other)
    {
        if (!hasStatus)
            return this;

        var status = (other as Unstructured)?.Content is { } there && there.TryGetPropertyValue("status", out var found) ? (IsThere: true, Node: found) : (false, null);
        if (!status.IsThere && !Content.ContainsKey("status"))
            return this;

        var content = new JsonObject(Content.Where(p => p.Key != "status").Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        if (status.IsThere)
            content["status"] = status.Node?.DeepClone();
        return new Unstructured(ApiVersion, Kind, Metadata, content, hasStatus);
    }

    /// <summary>A copy with other content.</summary>
    public Unstructured WithContent(JsonObject content) => new(ApiVersion, Kind, Metadata, content, hasStatus);

    /// <summary>As Go writes maps: in the order of the keys, but for metadata, which goes by its own.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, ApiVersion);
        writer.WriteString("kind"u8, Kind);
        writer.WritePropertyName("metadata"u8);
        Metadata.WriteJson(writer);
        foreach (var (name, value) in Content.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            JsonTree.Write(writer, value);
        }

        writer.WriteEndObject();
    }
}
