using System.Text.Json;

namespace KubeSharp.Objects.ApiextensionsV1;

/// <summary>What must be there beside a property: a schema, or the names of others (<c>dependencies</c>, which a structural schema may not have).</summary>
/// <remarks>Written by hand: its JSON is the schema or the list itself, its protobuf a message of both. As upstream nothing within is read strictly, and anything else is nothing.</remarks>
public sealed record JSONSchemaPropsOrStringArray : IApiType<JSONSchemaPropsOrStringArray>
{
    public static JSONSchemaPropsOrStringArray Empty { get; } = new();

    public static Schema Schema { get; } = new(SchemaType.Any) { Name = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray", Description = "A schema, or the names of properties that must be there too." };

    public JSONSchemaProps? Props { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Upstream writes a null then, which reads as if the field were not there.</summary>
    public bool IsNothing => Props is null && Names.Count == 0;

    public static JSONSchemaPropsOrStringArray ReadJson(ref Utf8JsonReader reader, DecodeContext context)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new() { Props = JSONSchemaProps.ReadJson(ref reader, DecodeContext.Lenient) };
            case JsonTokenType.StartArray:
                return new() { Names = JsonRead.List(ref reader, DecodeContext.Lenient, "", static (ref r, c) => JsonRead.IsNull(ref r) ? "" : JsonRead.Text(ref r, c, "")) };
            default:
                return Empty;
        }
    }

    public static JSONSchemaPropsOrStringArray ReadProto(ReadOnlySpan<byte> message)
    {
        var (props, names) = (default(JSONSchemaProps), new List<string>());
        var reader = new ProtoReader(message);
        while (reader.Next(out var field))
        {
            if (field == 1)
                props = ProtoRead.Struct<JSONSchemaProps>(ref reader);
            else if (field == 2)
                names.Add(ProtoRead.Text(ref reader));
            else
                reader.Skip();
        }

        return new() { Props = props, Names = names };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Names.Count > 0)
            JsonWrite.List(writer, Names, static (w, name) => w.WriteStringValue(name));
        else if (Props is { } props)
            props.WriteJson(writer);
        else
            writer.WriteNullValue();
    }

    public void WriteProto(ProtoWriter writer)
    {
        if (Props is { } props)
            writer.Message(1, props);
        foreach (var name in Names)
            writer.Text(2, name);
    }

    public bool Equals(JSONSchemaPropsOrStringArray? other) => Json.AreAlike(this, other);

    public override int GetHashCode() => Json.HashOf(this);

    public override string ToString() => Json.TextOf(this);
}
