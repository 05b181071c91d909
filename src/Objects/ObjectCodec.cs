using System.Text.Json;

namespace KubeSharp.Objects;

/// <summary>Decodes and encodes the objects of one kind where the type is known only at run time.</summary>
public abstract class ObjectCodec
{
    public abstract ResourceType Type { get; }

    public abstract Schema Schema { get; }

    /// <exception cref="DecodeException">The bytes are not an object of this kind.</exception>
    public abstract IObject Decode(ReadOnlySpan<byte> json, DecodeContext context);

    /// <param name="message">The bare message, out of its envelope.</param>
    /// <exception cref="DecodeException">The bytes are not an object of this kind.</exception>
    public abstract IObject DecodeProtobuf(ReadOnlySpan<byte> message);

    /// <summary>The bare message; <see cref="Protobuf.Wrap"/> puts it into its envelope.</summary>
    public abstract byte[] EncodeProtobuf(IObject obj);

    /// <summary>A copy that says its kind and apiVersion; protobuf never does, and a JSON body need not.</summary>
    public abstract IObject WithTypeMeta(IObject obj);

    public abstract void WriteJson(Utf8JsonWriter writer, IObject obj);
}

/// <inheritdoc cref="ObjectCodec"/>
public sealed class ObjectCodec<T> : ObjectCodec
    where T : class, IObject<T>
{
    public override ResourceType Type => T.Type;

    public override Schema Schema => T.Schema;

    public override IObject Decode(ReadOnlySpan<byte> json, DecodeContext context) => Json.Decode<T>(json, context);

    public override IObject DecodeProtobuf(ReadOnlySpan<byte> message) => Protobuf.DecodeMessage<T>(message);

    public override byte[] EncodeProtobuf(IObject obj) => Protobuf.EncodeMessage((T)obj);

    public override IObject WithTypeMeta(IObject obj) => ((T)obj).WithTypeMeta();

    public override void WriteJson(Utf8JsonWriter writer, IObject obj) => obj.WriteJson(writer);
}
