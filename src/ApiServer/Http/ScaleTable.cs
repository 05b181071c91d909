using System.Buffers;
using System.Text.Json;
using KubeSharp.Kinds;
using KubeSharp.Objects.AutoscalingV1;

namespace KubeSharp.ApiServer.Http;

/// <summary>The table of a scale subresource (<c>kubectl get --subresource=scale</c>): no kind of its own, so no kind's columns.</summary>
internal static class ScaleTable
{
    private static readonly (string Name, string Type, string Description)[] Columns =
    [
        ("Name", "string", "The name of what is scaled."),
        ("Desired", "integer", "How many replicas there should be."),
        ("Available", "integer", "How many replicas there are."),
        ("Age", "string", "The time since the object was created."),
    ];

    /// <param name="form">A table.</param>
    /// <param name="hasAge">Custom resources show none.</param>
    public static byte[] Write(Scale scale, ResponseForm form, DateTimeOffset now, bool hasAge)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var w = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            w.WriteStartObject();
            w.WriteString("kind"u8, "Table"u8);
            w.WriteString("apiVersion"u8, form.MetaApiVersion);
            w.WritePropertyName("metadata"u8);
            new ListMeta { ResourceVersion = scale.Metadata.ResourceVersion }.WriteJson(w);
            WriteColumns(w, hasAge ? Columns : Columns.AsSpan(..^1));
            w.WriteStartArray("rows"u8);
            w.WriteStartObject();
            w.WriteStartArray("cells"u8);
            w.WriteStringValue(scale.Metadata.Name);
            w.WriteNumberValue(scale.Spec.Replicas);
            w.WriteNumberValue(scale.Status.Replicas);
            if (hasAge)
                w.WriteStringValue(scale.Metadata.CreationTimestamp is { } created ? Ages.Human(now - created) : "<unknown>");
            w.WriteEndArray();
            w.WritePropertyName("object"u8);
            ObjectEncoder.WritePartial(w, scale.Metadata, form.MetaApiVersion);
            w.WriteEndObject();
            w.WriteEndArray();
            w.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteColumns(Utf8JsonWriter w, ReadOnlySpan<(string Name, string Type, string Description)> columns)
    {
        w.WriteStartArray("columnDefinitions"u8);
        foreach (var (name, type, description) in columns)
        {
            w.WriteStartObject();
            w.WriteString("name"u8, name);
            w.WriteString("type"u8, type);
            w.WriteString("format"u8, name == "Name" ? "name"u8 : ""u8);
            w.WriteString("description"u8, description);
            w.WriteNumber("priority"u8, 0);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
