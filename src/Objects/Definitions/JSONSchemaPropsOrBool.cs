using System.Text.Json;

namespace KubeSharp.Objects.ApiextensionsV1;

/// <summary>Whether anything may be there, or a schema of what may (<c>additionalProperties</c>).</summary>
/// <remarks>Written by hand: its JSON is <c>true</c>, <c>false</c> or the schema itself, its protobuf a message of both. As upstream nothing within is read strictly.</remarks>
public sealed record JSONSchemaPropsOrBool : IApiType<JSONSchemaPropsOrBool>
{
    public static JSONSchemaPropsOrBool Empty { get; } = new();

    public static Schema Schema { get; } = new(SchemaType.Any) { Name = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool", Description = "Whether anything may be there, or a schema of what may." };

    /// <summary>Always true beside a schema.</summary>
    public bool Allows { get; init; }

    public JSONSchemaProps? Props { get; init; }

    public bool IsNothing => false;

    public static JSONSchemaPropsOrBool ReadJson(ref Utf8JsonReader reader, DecodeContext context) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new() { Allows = true, Props = JSONSchemaProps.ReadJson(ref reader, DecodeContext.Lenient) },
        JsonTokenType.True => new() { Allows = true },
        JsonTokenType.False => Empty,
        _ => throw new DecodeException("boolean or JSON schema expected"),
    };

    public static JSONSchemaPropsOrBool ReadProto(ReadOnlySpan<byte> message)
    {
        var (allows, props) = (false, default(JSONSchemaProps));
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                allows = ProtoRead.Boolean(ref reader);
            else if (field == 2)
                props = ProtoRead.Struct<JSONSchemaProps>(ref reader);
            else
                reader.Skip();
        }

        return new() { Allows = allows, Props = props };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Props is { } props)
            props.WriteJson(writer);
        else
            writer.WriteBooleanValue(Allows);
    }

    public void WriteProto(ProtoWriter writer)
    {
        writer.Boolean(1, Allows);
        if (Props is { } props)
            writer.Message(2, props);
    }

    public bool Equals(JSONSchemaPropsOrBool? other) => Json.AreAlike(this, other);

    public override int GetHashCode() => Json.HashOf(this);

    public override string ToString() => Json.TextOf(this);
}
