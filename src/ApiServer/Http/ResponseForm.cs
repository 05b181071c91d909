namespace KubeSharp.ApiServer.Http;

/// <summary>The bytes an answer is written in.</summary>
internal enum WireFormat
{
    Json,
    Yaml,
    Protobuf,
    Cbor,
}

/// <summary>What an answer shows of the objects.</summary>
internal enum Shape
{
    Whole,
    Table,
    Partial,
    PartialList,
}

/// <summary>What the client accepts, once decided.</summary>
/// <param name="MetaVersion">Of a <see cref="Shape"/> that is not whole: <c>v1</c> or <c>v1beta1</c>.</param>
internal sealed record ResponseForm(WireFormat WireFormat, Shape Shape = Shape.Whole, string MetaVersion = "v1")
{
    public static ResponseForm Json { get; } = new(WireFormat.Json);

    public bool IsPretty { get; init; }

    public string MediaType => WireFormat switch
    {
        WireFormat.Yaml => Negotiation.Yaml,
        WireFormat.Protobuf => Negotiation.Protobuf,
        WireFormat.Cbor => Negotiation.Cbor,
        _ => Negotiation.Json,
    };

    /// <summary>The apiVersion of tables and partial objects.</summary>
    public string MetaApiVersion => MetaVersion == "v1" ? "meta.k8s.io/v1" : "meta.k8s.io/v1beta1";

    /// <summary>The same bytes, the whole object.</summary>
    public ResponseForm Plain => Shape == Shape.Whole ? this : this with { Shape = Shape.Whole };
}
