using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>The bytes of one object in each form but Table. The whole object as JSON is there already; the others are made when asked for.</summary>
internal static class ObjectEncoder
{
    // What watchers of one object's version share; gone with the version.
    private static readonly ConditionalWeakTable<CachedObject, Dictionary<(WireFormat, Shape, string), ReadOnlyMemory<byte>>> Shared = [];

    private static ReadOnlySpan<byte> PartialHead => "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"u8;

    private static ReadOnlySpan<byte> PartialHeadOfBeta => "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1beta1\",\"metadata\":"u8;

    public static ReadOnlyMemory<byte> Encode(CachedObject obj, ResponseForm form) => (form.WireFormat, form.Shape) switch
    {
        (WireFormat.Protobuf, Shape.Whole) => Whole(obj.Resource.Kind.Codec, obj.Object),
        (WireFormat.Protobuf, _) => Protobuf.Wrap(PartialMessage(obj.Object), form.MetaApiVersion, "PartialObjectMetadata"),
        (WireFormat.Cbor, _) => JsonToCbor.Convert(Encode(obj, form with { WireFormat = WireFormat.Json }).Span),
        (_, Shape.Whole) => obj.Json,
        _ => PartialJson(obj, form.MetaApiVersion),
    };

    /// <summary>As <see cref="Encode"/>, made once for all who ask.</summary>
    public static ReadOnlyMemory<byte> EncodeShared(CachedObject obj, ResponseForm form)
    {
        if (form is { WireFormat: WireFormat.Json or WireFormat.Yaml })
            return Encode(obj, form); // cut out of the bytes that are there: cheaper than to remember it

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

    /// <summary>The metadata alone, out of the object's bytes: nothing is decoded, and the object stays as small as it was.</summary>
    public static byte[] PartialJson(CachedObject obj, string apiVersion)
    {
        var metadata = obj.MetadataJson.Span;
        var head = apiVersion == "meta.k8s.io/v1" ? PartialHead : PartialHeadOfBeta;
        var bytes = new byte[head.Length + metadata.Length + 1];
        head.CopyTo(bytes);
        metadata.CopyTo(bytes.AsSpan(head.Length));
        bytes[^1] = (byte)'}';
        return bytes;
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
