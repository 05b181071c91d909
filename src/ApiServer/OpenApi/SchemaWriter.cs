using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>The two dialects in which the same schemas are published.</summary>
internal enum OpenApiVersion
{
    V2,
    V3,
}

/// <summary>Writes schema nodes as OpenAPI; named structs become references and are collected, to be written once each.</summary>
internal sealed class SchemaWriter(Utf8JsonWriter writer, OpenApiVersion version)
{
    private const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private const string Time = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
    private const string MicroTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";

    private readonly SortedDictionary<string, Schema> _named = new(StringComparer.Ordinal);
    private readonly Queue<string> _pending = new();
    private readonly Descriptions _descriptions = Descriptions.Current;

    private string Prefix => version == OpenApiVersion.V2 ? "#/definitions/" : "#/components/schemas/";

    /// <summary>The name under which a schema is published, or empty if it is written in place. Asking makes it part of the document.</summary>
    public string Name(Schema schema)
    {
        var name = schema switch
        {
            { Type: SchemaType.IntOrString } => IntOrString,
            { Type: SchemaType.Quantity } => Quantity,
            { Type: SchemaType.Text, Format: "date-time" } => schema.Name.Length > 0 ? schema.Name : Time,
            { Type: SchemaType.Text, Format: "date-time-micro" } => MicroTime,
            _ => schema.Name,
        };
        if (name.Length > 0 && _named.TryAdd(name, schema))
            _pending.Enqueue(name);
        return name;
    }

    public void WriteReference(string name) => writer.WriteString("$ref"u8, Prefix + name);

    /// <summary>Writes every schema that was referred to, and what those refer to.</summary>
    /// <param name="extra">Writes what is added to a top-level kind.</param>
    public void WriteDefinitions(Action<string> extra)
    {
        // Writing one may name further ones; a document lists them in the order met, which no client minds.
        while (_pending.TryDequeue(out var name))
        {
            writer.WriteStartObject(name);
            WriteBody(_named[name]);
            extra(name);
            writer.WriteEndObject();
        }
    }

    private void WriteBody(Schema schema)
    {
        if (schema.Document is { } document)
        {
            foreach (var (name, value) in CustomSchemas.Of(document, version))
                WriteMember(name, value);
            return;
        }

        var texts = _descriptions.Of(schema.Name);
        if ((schema.Description.Length > 0 ? schema.Description : texts.GetValueOrDefault("", "")) is { Length: > 0 } description)
            writer.WriteString("description"u8, description);

        switch (schema.Type)
        {
            case SchemaType.Object:
                WriteObject(schema, texts);
                break;
            case SchemaType.Map:
                writer.WriteString("type"u8, "object"u8);
                writer.WriteStartObject("additionalProperties"u8);
                WriteUse(schema.Element!);
                writer.WriteEndObject();
                break;
            case SchemaType.List:
                writer.WriteString("type"u8, "array"u8);
                writer.WriteStartObject("items"u8);
                WriteUse(schema.Element!);
                writer.WriteEndObject();
                break;
            case SchemaType.IntOrString when version == OpenApiVersion.V3:
                writer.WriteString("format"u8, "int-or-string"u8);
                WriteOneOf("integer", "string");
                break;
            case SchemaType.Quantity when version == OpenApiVersion.V3:
                WriteOneOf("string", "number");
                break;
            case SchemaType.Any:
                // JSON of any type has none: kubectl before 1.25 would refuse a default that is a number.
                if (schema.Name.Length > 0 && !schema.Name.StartsWith(Schemas.AnyJson, StringComparison.Ordinal))
                    writer.WriteString("type"u8, "object"u8);
                break;
            default:
                WriteScalar(schema);
                break;
        }
    }

    /// <summary>A member of a custom resource's own text, in which a reference is a bare name.</summary>
    private void WriteMember(string name, JsonNode? value)
    {
        if (name == "$ref")
        {
            WriteReference(Name(ObjectMeta.Schema));
            return;
        }

        writer.WritePropertyName(name);
        WriteNode(value);
    }

    private void WriteNode(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                writer.WriteStartObject();
                foreach (var (name, value) in obj)
                    WriteMember(name, value);
                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                    WriteNode(item);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(Schema schema, IReadOnlyDictionary<string, string> texts)
    {
        writer.WriteString("type"u8, "object"u8);
        var required = schema.Fields.Where(f => f.IsRequired).Select(f => f.Name).ToList();
        if (required.Count > 0)
        {
            writer.WriteStartArray("required"u8);
            required.ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
        }

        if (schema.Fields.Count == 0)
            return;

        writer.WriteStartObject("properties"u8);
        foreach (var field in schema.Fields)
        {
            writer.WriteStartObject(field.Name);
            WriteField(field, field.Description.Length > 0 ? field.Description : texts.GetValueOrDefault(field.Name, ""));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (schema.IsAtomic)
            writer.WriteString("x-kubernetes-map-type"u8, "atomic"u8);
    }

    private void WriteField(SchemaField field, string description)
    {
        var name = Name(field.Schema);
        if (name.Length == 0)
        {
            WriteBody(field.Schema);
        }
        else if (version == OpenApiVersion.V3)
        {
            // A reference with siblings is not allowed in 3.0.
            writer.WriteStartArray("allOf"u8);
            writer.WriteStartObject();
            WriteReference(name);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        else
        {
            WriteReference(name);
        }

        if (description.Length > 0 && (name.Length > 0 || field.Schema.Description.Length == 0))
            writer.WriteString("description"u8, description);
        if (field.Default is { } value)
        {
            writer.WritePropertyName("default"u8);
            value.WriteTo(writer);
        }

        WriteMerging(field);
    }

    private void WriteMerging(SchemaField field)
    {
        if (field.MergeKey.Length > 0)
            writer.WriteString("x-kubernetes-patch-merge-key"u8, field.MergeKey);
        if (field.IsMerged || field.RetainsKeys)
            writer.WriteString("x-kubernetes-patch-strategy"u8, (field.IsMerged, field.RetainsKeys) switch
            {
                (true, true) => "merge,retainKeys",
                (true, false) => "merge",
                _ => "retainKeys",
            });
        if (field.IsAtomic is { } isAtomic && field.Schema != Schemas.Raw) // of raw data everybody knows
            writer.WriteString("x-kubernetes-map-type"u8, isAtomic ? "atomic"u8 : "granular"u8);
        if (field.Schema.Type != SchemaType.List || (field.ListKind == ListKind.Atomic && !field.IsMerged))
            return;

        if (field.ListKind == ListKind.Map)
        {
            writer.WriteStartArray("x-kubernetes-list-map-keys"u8);
            foreach (var key in field.MapKeys)
                writer.WriteStringValue(key);
            writer.WriteEndArray();
        }

        if (field.ListKind != ListKind.Atomic)
            writer.WriteString("x-kubernetes-list-type"u8, field.ListKind == ListKind.Map ? "map"u8 : "set"u8);
    }

    /// <summary>A schema where another uses it: as items, as map values.</summary>
    private void WriteUse(Schema schema)
    {
        var name = Name(schema);
        if (name.Length > 0)
            WriteReference(name);
        else
            WriteBody(schema);
    }

    private void WriteScalar(Schema schema)
    {
        writer.WriteString("type"u8, schema.Type switch
        {
            SchemaType.Integer => "integer",
            SchemaType.Number => "number",
            SchemaType.Boolean => "boolean",
            _ => "string",
        });
        var format = schema.Type == SchemaType.IntOrString ? "int-or-string" : schema.Format == "date-time-micro" ? "date-time" : schema.Format;
        if (format.Length > 0)
            writer.WriteString("format"u8, format);
    }

    private void WriteOneOf(string first, string second)
    {
        writer.WriteStartArray("oneOf"u8);
        foreach (var type in new[] { first, second })
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
