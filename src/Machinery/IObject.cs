using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>What every generated API struct can do. The generator writes the members from <c>api/fields.tsv</c>.</summary>
/// <remarks>
/// Go's shape, kept exactly: a Go pointer is nullable here; a Go value (string, int32, bool, struct) is not nullable and has Go's
/// zero value when absent; lists and maps are never null, empty when absent.
/// Instances are immutable and safe to share between threads. Equality is by meaning: two instances are equal if they encode alike.
/// </remarks>
public interface IApiType<TSelf>
    where TSelf : class, IApiType<TSelf>
{
    /// <summary>The instance with every field absent; shared.</summary>
    static abstract TSelf Empty { get; }

    /// <summary>The schema node of this type; built once, on first use.</summary>
    static abstract Schema Schema { get; }

    /// <summary>Reads one JSON object; the reader stands on its <c>StartObject</c> and is left on its <c>EndObject</c>.</summary>
    /// <exception cref="DecodeException">The input is not an encoding of this type.</exception>
    static abstract TSelf ReadJson(ref Utf8JsonReader reader, DecodeContext context);

    /// <summary>Writes this instance as one JSON object, fields in Go's order.</summary>
    void WriteJson(Utf8JsonWriter writer);

    /// <summary>Reads one protobuf message body (without envelope or length).</summary>
    /// <exception cref="DecodeException">The input is not an encoding of this type.</exception>
    static abstract TSelf ReadProto(ReadOnlySpan<byte> message);

    /// <summary>Writes this instance as one protobuf message body.</summary>
    void WriteProto(ProtoWriter writer);
}

/// <summary>An API object: something with a kind and metadata that can be stored.</summary>
public interface IObject
{
    /// <summary>Group and version as on the wire (<c>apps/v1</c>); empty where the wire leaves it out, as in the items of a list.</summary>
    string ApiVersion { get; }

    /// <summary>The kind as on the wire; empty where the wire leaves it out.</summary>
    string Kind { get; }

    ObjectMeta Metadata { get; }

    /// <summary>A copy with other metadata.</summary>
    IObject CopyWith(ObjectMeta metadata);

    /// <summary>A copy with the status of another object of this kind, or none (<see langword="null"/>); itself if the kind has no status.</summary>
    IObject WithStatusOf(IObject? other);

    void WriteJson(Utf8JsonWriter writer);
}

/// <summary>An API object whose type is known when compiling.</summary>
public interface IObject<TSelf> : IObject, IApiType<TSelf>
    where TSelf : class, IObject<TSelf>
{
    /// <summary>The names under which the API serves this kind.</summary>
    static abstract ResourceType Type { get; }

    /// <summary>A copy with other metadata.</summary>
    TSelf With(ObjectMeta metadata);

    /// <summary>A copy that says its kind and apiVersion, as the wire wants at the top level.</summary>
    TSelf WithTypeMeta();
}

/// <summary>A list kind (<c>PodList</c>).</summary>
public interface IObjectList<TItem>
{
    ListMeta Metadata { get; }

    IReadOnlyList<TItem> Items { get; }
}
