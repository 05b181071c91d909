using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>
/// Parts of a definition as upstream's messages show them: not as they were written, but as JSON of upstream's internal Go structures,
/// with all their fields under their Go names. Whoever reads messages by machine reads these.
/// </summary>
public static class InternalForm
{
    private static readonly (string Json, string Go)[] Flags =
        [("x-kubernetes-embedded-resource", "XEmbeddedResource"), ("x-kubernetes-int-or-string", "XIntOrString")];

    /// <summary>A value for <see cref="Findings"/>: the text that <paramref name="write"/> makes.</summary>
    public static object Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
            write(writer);
        return new Verbatim(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static object Of(JsonObject schema) => Of(w => Schema(w, schema));

    internal static object OfRule(JsonObject rule) => Of(w => Rule(w, rule));

    public static void Schema(Utf8JsonWriter writer, JsonObject schema)
    {
        writer.WriteStartObject();
        Text("ID", "id");
        Text("Schema", "$schema");
        Value("Ref", "$ref");
        Text("Description", "description");
        Text("Type", "type");
        Flag("Nullable", "nullable");
        Text("Format", "format");
        Text("Title", "title");
        Value("Default", "default");
        Value("Maximum", "maximum");
        Flag("ExclusiveMaximum", "exclusiveMaximum");
        Value("Minimum", "minimum");
        Flag("ExclusiveMinimum", "exclusiveMinimum");
        Value("MaxLength", "maxLength");
        Value("MinLength", "minLength");
        Text("Pattern", "pattern");
        Value("MaxItems", "maxItems");
        Value("MinItems", "minItems");
        Flag("UniqueItems", "uniqueItems");
        Value("MultipleOf", "multipleOf");
        Value("Enum", "enum");
        Value("MaxProperties", "maxProperties");
        Value("MinProperties", "minProperties");
        Value("Required", "required");
        Part("Items", "items", Items);
        foreach (var (go, json) in new[] { ("AllOf", "allOf"), ("OneOf", "oneOf"), ("AnyOf", "anyOf") })
            Part(go, json, List);
        Part("Not", "not", One);
        Part("Properties", "properties", Map);
        Part("AdditionalProperties", "additionalProperties", Additional);
        Part("PatternProperties", "patternProperties", Map);
        Value("Dependencies", "dependencies");
        Part("AdditionalItems", "additionalItems", Additional);
        Part("Definitions", "definitions", Map);
        Part("ExternalDocs", "externalDocs", Documentation);
        Value("Example", "example");
        Value("XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields");
        foreach (var (json, go) in Flags)
            Flag(go, json);
        Value("XListMapKeys", "x-kubernetes-list-map-keys");
        Value("XListType", "x-kubernetes-list-type");
        Value("XMapType", "x-kubernetes-map-type");
        Part("XValidations", "x-kubernetes-validations", Rules);
        writer.WriteEndObject();

        void Text(string go, string json) => writer.WriteString(go, JsonTree.AsText(schema[json]) ?? "");

        void Flag(string go, string json) => writer.WriteBoolean(go, JsonTree.AsBoolean(schema[json]) == true);

        void Value(string go, string json) => Part(go, json, JsonTree.Write);

        void Part(string go, string json, Action<Utf8JsonWriter, JsonNode?> write)
        {
            writer.WritePropertyName(go);
            if (schema[json] is { } part and not JsonArray { Count: 0 })
                write(writer, part);
            else
                writer.WriteNullValue();
        }
    }

    private static void Rule(Utf8JsonWriter writer, JsonObject rule)
    {
        writer.WriteStartObject();
        writer.WriteString("Rule", JsonTree.AsText(rule["rule"]) ?? "");
        writer.WriteString("Message", JsonTree.AsText(rule["message"]) ?? "");
        writer.WriteString("MessageExpression", JsonTree.AsText(rule["messageExpression"]) ?? "");
        writer.WritePropertyName("Reason");
        JsonTree.Write(writer, rule["reason"]);
        writer.WriteString("FieldPath", JsonTree.AsText(rule["fieldPath"]) ?? "");
        writer.WritePropertyName("OptionalOldSelf");
        JsonTree.Write(writer, rule["optionalOldSelf"]);
        writer.WriteEndObject();
    }

    private static void One(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is JsonObject schema)
            Schema(writer, schema);
        else
            writer.WriteNullValue();
    }

    private static void Items(Utf8JsonWriter writer, JsonNode? node)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("Schema");
        One(writer, node);
        writer.WritePropertyName("JSONSchemas");
        List(writer, node);
        writer.WriteEndObject();
    }

    private static void Additional(Utf8JsonWriter writer, JsonNode? node)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("Allows", JsonTree.AsBoolean(node) ?? true);
        writer.WritePropertyName("Schema");
        One(writer, node);
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is not JsonArray list)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var item in list)
            One(writer, item);
        writer.WriteEndArray();
    }

    private static void Map(Utf8JsonWriter writer, JsonNode? node)
    {
        writer.WriteStartObject();
        foreach (var (name, schema) in (node as JsonObject ?? []).OrderBy(p => p.Key, Utf8Order.Comparer))
        {
            writer.WritePropertyName(name);
            One(writer, schema);
        }

        writer.WriteEndObject();
    }

    private static void Documentation(Utf8JsonWriter writer, JsonNode? node)
    {
        writer.WriteStartObject();
        writer.WriteString("Description", JsonTree.AsText((node as JsonObject)?["description"]) ?? "");
        writer.WriteString("URL", JsonTree.AsText((node as JsonObject)?["url"]) ?? "");
        writer.WriteEndObject();
    }

    private static void Rules(Utf8JsonWriter writer, JsonNode? node)
    {
        writer.WriteStartArray();
        foreach (var rule in (node as JsonArray ?? []).OfType<JsonObject>())
            Rule(writer, rule);
        writer.WriteEndArray();
    }
}
