using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>The bytes of one object in each form but Table. The whole object as JSON is there already; the others are made when asked for.</summary>
internal static class ObjectEncoder
{
    // What watchers of one object's version share; gone with the version.
    private static readonly ConditionalWeakTable<CachedObject, Dictionary<(WireFormat, Shape, string), ReadOnlyMemory<byte>>> Shared = [];

    public static ReadOnlyMemory<byte> Encode(CachedObject obj, ResponseForm form) => (form.WireFormat, form.Shape) switch
    {
        (WireFormat.Protobuf, Shape.Whole) => Whole(obj.Resource.Kind.Codec, obj.Object),
        (WireFormat.Protobuf, _) => Protobuf.Wrap(PartialMessage(obj.Object), form.MetaApiVersion, "PartialObjectMetadata"),
        (_, Shape.Whole) => obj.Json,
        _ => PartialJson(obj.Object.Metadata, form.MetaApiVersion),
    };

    /// <summary>As <see cref="Encode"/>, made once for all who ask.</summary>
    public static ReadOnlyMemory<byte> EncodeShared(CachedObject obj, ResponseForm form)
    {
        if (form is { WireFormat: not WireFormat.Protobuf, Shape: Shape.Whole })
            return obj.Json;

        var forms = Shared.GetOrCreateValue(obj);
        lock (forms)
        {
            var key = (form.WireFormat, form.Shape, form.MetaVersion);
            if (!forms.TryGetValue(key, out var bytes))
                forms[key] = bytes = Encode(obj, form);
            return bytes;
        }
    }

    public static byte[] Whole(ObjectCodec codec, IObject obj) => Protobuf.Wrap(codec.EncodeProtobuf(obj), BodyType.ApiVersion(codec.Type), codec.Type.Kind);

    /// <summary>A PartialObjectMetadata message: the metadata and nothing else.</summary>
    public static byte[] PartialMessage(IObject obj)
    {
        var writer = new ProtoWriter();
        writer.Message(1, obj.Metadata);
        return writer.Written.ToArray();
    }

    public static byte[] PartialJson(ObjectMeta metadata, string apiVersion)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var w = new Utf8JsonWriter(buffer, Json.WriterOptions))
            WritePartial(w, metadata, apiVersion);
        return buffer.WrittenSpan.ToArray();
    }

    public static void WritePartial(Utf8JsonWriter w, ObjectMeta metadata, string apiVersion)
    {
        w.WriteStartObject();
        w.WriteString("kind"u8, "PartialObjectMetadata"u8);
        w.WriteString("apiVersion"u8, apiVersion);
        w.WritePropertyName("metadata"u8);
        metadata.WriteJson(w);
        w.WriteEndObject();
    }
}
