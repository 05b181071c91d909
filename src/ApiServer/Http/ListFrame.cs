using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>What stands around the items of a JSON list; the items are the stored bytes.</summary>
internal static class ListFrame
{
    private static readonly ConditionalWeakTable<ServedResource, byte[]> Prefixes = [];

    public static void WriteStart(IBufferWriter<byte> output, ServedResource resource, ResponseForm form, ListMeta metadata)
    {
        using var w = new Utf8JsonWriter(output, Json.WriterOptions);
        w.WriteStartObject();
        var isWhole = form.Shape == Shape.Whole;
        w.WriteString("kind"u8, isWhole ? resource.Type.Kind + "List" : "PartialObjectMetadataList");
        w.WriteString("apiVersion"u8, isWhole ? resource.Type.ApiVersion : form.MetaApiVersion);
        w.WritePropertyName("metadata"u8);
        metadata.WriteJson(w);
        w.WriteStartArray("items"u8);
    }

    /// <summary>How a stored object begins; upstream leaves it out of items whose kind the list tells. Custom resources keep it.</summary>
    public static byte[] ItemPrefix(ServedResource resource) => Prefixes.GetValue(resource, static r =>
        ApiCatalog.CodecFor(r.Type.Group, r.Type.Version, r.Type.Kind) is null
            ? []
            : System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"{{r.Type.Kind}}","apiVersion":"{{r.Type.ApiVersion}}","""));

    public static void WriteItem(IBufferWriter<byte> output, ReadOnlySpan<byte> json, ReadOnlySpan<byte> prefix, bool isFirst)
    {
        if (!isFirst)
            output.Write(","u8);

        if (prefix.Length > 0 && json.StartsWith(prefix))
        {
            output.Write("{"u8);
            json = json[prefix.Length..];
        }

        output.Write(json);
    }
}
