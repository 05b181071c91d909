using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>
/// Reads and writes the custom resources of one version. What is read is in order at once: defaults are filled in, unknown fields are gone,
/// as upstream's decoders do it, whether the bytes come from a client, from a webhook or from the store.
/// </summary>
internal sealed class UnstructuredCodec(ResourceType type, JsonSchema schema, Schema tree, bool preservesUnknown, bool hasStatus) : ObjectCodec
{
    public override ResourceType Type => type;

    public override Schema Schema => tree;

    public override IObject Decode(ReadOnlySpan<byte> json, DecodeContext context) => OfTree(JsonTree.Parse(json, context), context);

    public override IObject DecodeProtobuf(ReadOnlySpan<byte> message) => throw new DecodeException("custom resources have no protobuf encoding");

    public override byte[] EncodeProtobuf(IObject obj) => throw ApiException.NotAcceptable(["application/json", "application/yaml"]);

    public override IObject WithTypeMeta(IObject obj) => obj; // it always does

    public override void WriteJson(Utf8JsonWriter writer, IObject obj) => obj.WriteJson(writer);

    /// <summary>What the store has, in order; the same bytes if they are.</summary>
    /// <exception cref="DecodeException">The bytes are not JSON.</exception>
    public ReadOnlyMemory<byte> Normalize(ReadOnlyMemory<byte> stored, string apiVersion)
    {
        var content = JsonTree.Parse(stored.Span, DecodeContext.Lenient);
        if (apiVersion == type.ApiVersion && JsonTree.AsText(content["kind"]) == type.Kind && !Put(content, null))
            return stored;

        // Metadata that went wrong in some other hand must not make the object unreadable.
        var metadata = Metadata(content, DecodeContext.Lenient, dropsInvalid: true);
        return Json.EncodeObject(new Unstructured(type.ApiVersion, type.Kind, metadata, Bare(content), hasStatus));
    }

    /// <summary>An object of another version, said to be of this one (conversion without a webhook).</summary>
    public Unstructured Adopt(Unstructured other)
    {
        var content = (JsonObject)other.Content.DeepClone();
        if (!preservesUnknown)
            Pruning.Prune(content, schema, isResourceRoot: true);
        return new(type.ApiVersion, type.Kind, other.Metadata, content, hasStatus);
    }

    private Unstructured OfTree(JsonObject content, DecodeContext context)
    {
        var metadata = Metadata(content, context, dropsInvalid: false);
        Put(content, context.IsStrict ? context : null);
        return new(type.ApiVersion, type.Kind, metadata, Bare(content), hasStatus);
    }

    private bool Put(JsonObject content, DecodeContext? context)
    {
        var unknown = context is null ? null : new List<string>();
        Action<string>? tell = unknown is null ? null : unknown.Add;
        EmbeddedResources.Coerce(content, schema, "", tell);
        var isChanged = Defaulting.Apply(content, schema);
        if (!preservesUnknown)
            isChanged |= Pruning.Prune(content, schema, isResourceRoot: true, tell);
        foreach (var field in unknown?.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
            context!.Unknown(field);
        return isChanged;
    }

    private static JsonObject Bare(JsonObject content)
    {
        content.Remove("apiVersion");
        content.Remove("kind");
        content.Remove("metadata");
        return content;
    }

    private static ObjectMeta Metadata(JsonObject content, DecodeContext context, bool dropsInvalid)
    {
        if (content["metadata"] is not { } node)
            return ObjectMeta.Empty;
        if (node is not JsonObject metadata)
            return dropsInvalid ? ObjectMeta.Empty : throw new DecodeException("metadata: must be an object");

        try
        {
            var own = context.IsStrict ? DecodeContext.Strict() : context;
            var decoded = Json.Decode<ObjectMeta>(Encoding.UTF8.GetBytes(JsonTree.Text(metadata)), own);
            foreach (var finding in own.Findings)
                context.Unknown("metadata." + finding[(finding.IndexOf('"', StringComparison.Ordinal) + 1)..^1]);
            return decoded;
        }
        catch (DecodeException) when (dropsInvalid)
        {
            var sound = metadata.Where(p => IsSound(p.Key, p.Value)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()));
            return Json.Decode<ObjectMeta>(Encoding.UTF8.GetBytes(JsonTree.Text(new JsonObject(sound))));
        }
    }

    private static bool IsSound(string name, JsonNode? value)
    {
        try
        {
            Json.Decode<ObjectMeta>(Encoding.UTF8.GetBytes(JsonTree.Text(new JsonObject { [name] = value?.DeepClone() })));
            return true;
        }
        catch (DecodeException)
        {
            return false;
        }
    }
}
