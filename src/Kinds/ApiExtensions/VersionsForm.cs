using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The versions as upstream's messages show them: what all say alike stands elsewhere in its internal form and is null here.</summary>
internal static class VersionsForm
{
    private static readonly (string Go, string Json)[] Column =
        [("Name", "name"), ("Type", "type"), ("Format", "format"), ("Description", "description"), ("Priority", "priority"), ("JSONPath", "jsonPath")];

    public static object? Of(CustomResourceDefinitionSpec spec)
    {
        if (Nil.Is(spec.Versions))
            return null;

        var versions = spec.Versions.Select(v => JsonTree.Parse(Json.Encode(v), DecodeContext.Lenient)).ToList();
        var alike = new[] { "schema", "subresources", "additionalPrinterColumns", "selectableFields" }
            .Where(part => versions.Select(v => JsonTree.Text(v[part])).Distinct().Count() == 1).ToHashSet();
        return InternalForm.Of(w =>
        {
            w.WriteStartArray();
            foreach (var (version, source) in versions.Zip(spec.Versions))
            {
                w.WriteStartObject();
                w.WriteString("Name", source.Name);
                w.WriteBoolean("Served", source.Served);
                w.WriteBoolean("Storage", source.Storage);
                w.WriteBoolean("Deprecated", source.Deprecated);
                w.WriteString("DeprecationWarning", source.DeprecationWarning);
                Part(w, "Schema", alike.Contains("schema") ? null : version["schema"], Schema);
                Part(w, "Subresources", alike.Contains("subresources") ? null : version["subresources"], Subresources);
                Part(w, "AdditionalPrinterColumns", alike.Contains("additionalPrinterColumns") ? null : version["additionalPrinterColumns"], Columns);
                Part(w, "SelectableFields", alike.Contains("selectableFields") ? null : version["selectableFields"], (to, fields) => List(to, fields, ("JSONPath", "jsonPath")));
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static void Part(Utf8JsonWriter writer, string name, JsonNode? part, Action<Utf8JsonWriter, JsonNode> write)
    {
        writer.WritePropertyName(name);
        if (part is null)
            writer.WriteNullValue();
        else
            write(writer, part);
    }

    private static void Schema(Utf8JsonWriter writer, JsonNode schema)
    {
        writer.WriteStartObject();
        Part(writer, "OpenAPIV3Schema", schema["openAPIV3Schema"], (w, s) => InternalForm.Schema(w, (JsonObject)s));
        writer.WriteEndObject();
    }

    private static void Subresources(Utf8JsonWriter writer, JsonNode subresources)
    {
        writer.WriteStartObject();
        Part(writer, "Status", subresources["status"], JsonTree.Write);
        Part(writer, "Scale", subresources["scale"], (w, scale) =>
        {
            w.WriteStartObject();
            w.WriteString("SpecReplicasPath", JsonTree.AsText(scale["specReplicasPath"]) ?? "");
            w.WriteString("StatusReplicasPath", JsonTree.AsText(scale["statusReplicasPath"]) ?? "");
            w.WriteString("LabelSelectorPath", JsonTree.AsText(scale["labelSelectorPath"]));
            w.WriteEndObject();
        });
        writer.WriteEndObject();
    }

    private static void Columns(Utf8JsonWriter writer, JsonNode columns) => List(writer, columns, Column);

    private static void List(Utf8JsonWriter writer, JsonNode list, params (string Go, string Json)[] fields)
    {
        writer.WriteStartArray();
        foreach (var item in list.AsArray())
        {
            writer.WriteStartObject();
            foreach (var (go, json) in fields)
            {
                if (go == "Priority")
                    writer.WriteNumber(go, JsonTree.AsInteger(item![json]) ?? 0);
                else
                    writer.WriteString(go, JsonTree.AsText(item![json]) ?? "");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
