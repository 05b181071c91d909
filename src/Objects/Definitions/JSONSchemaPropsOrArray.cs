using System.Text.Json;

namespace KubeSharp.Objects.ApiextensionsV1;

/// <summary>One schema for all items, or a list of them, which a structural schema may not have (<c>items</c>).</summary>
/// <remarks>Written by hand: its JSON is the schema or the list itself, its protobuf a message of both. As upstream nothing within is read strictly, and anything else is nothing.</remarks>
public sealed record JSONSchemaPropsOrArray : IApiType<JSONSchemaPropsOrArray>
{
    public static JSONSchemaPropsOrArray Empty { get; } = new();

    public static Schema Schema { get; } = new(SchemaType.Any) { Name = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray", Description = "A schema of every item, or one for each." };

    public JSONSchemaProps? Props { get; init; }

    public IReadOnlyList<JSONSchemaProps> List { get; init; } = [];

    /// <summary>Upstream writes a null then, which reads as if the field were not there.</summary>
    public bool IsNothing => Props is null && List.Count == 0;

    public static JSONSchemaPropsOrArray ReadJson(ref Utf8JsonReader reader, DecodeContext context)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new() { Props = JSONSchemaProps.ReadJson(ref reader, DecodeContext.Lenient) };
            case JsonTokenType.StartArray:
                return new() { List = JsonRead.List(ref reader, DecodeContext.Lenient, "", static (ref r, c) => JsonRead.IsNull(ref r) ? JSONSchemaProps.Empty : JSONSchemaProps.ReadJson(ref r, c)) };
            default:
                return Empty;
        }
    }

    public static JSONSchemaPropsOrArray ReadProto(ReadOnlySpan<byte> message)
    {
        var (props, list) = (default(JSONSchemaProps), new List<JSONSchemaProps>());
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                props = ProtoRead.Struct<JSONSchemaProps>(ref reader);
            else if (field == 2)
                list.Add(ProtoRead.Struct<JSONSchemaProps>(ref reader));
            else
                reader.Skip();
        }

        return new() { Props = props, List = list };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (List.Count > 0)
            JsonWrite.List(writer, List, static (w, props) => props.WriteJson(w));
        else if (Props is { } props)
            props.WriteJson(writer);
        else
            writer.WriteNullValue();
    }

    public void WriteProto(ProtoWriter writer)
    {
        if (Props is { } props)
            writer.Message(1, props);
        foreach (var item in List)
            writer.Message(2, item);
    }

    public bool Equals(JSONSchemaPropsOrArray? other) => Json.AreAlike(this, other);

    public override int GetHashCode() => Json.HashOf(this);

    public override string ToString() => Json.TextOf(this);
}
