using System.Buffers;
using System.Globalization;
using System.Text.Json;
using KubeSharp.ApiServer.History;
using KubeSharp.Kinds;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes versions of objects as a list or as a table.</summary>
/// <param name="include">What of the object goes with each: <c>Metadata</c>, <c>Object</c> or <c>None</c>.</param>
internal sealed class VersionWriter(ResponseForm form, string include, DateTimeOffset now)
{
    public const string ApiVersion = "history.kubesharp.io/v1";

    private sealed record Column(string Name, string Format, string Description, Func<ObjectVersion, string> Cell);

    private Column[] Columns(bool isOfOne)
    {
        var version = new Column("Version", "", "The resourceVersion.", v => Text(v.Object.Revision));
        var age = new Column(isOfOne ? "Age" : "Deleted", "", isOfOne ? "How long ago it was written." : "How long ago it was deleted.", v => Ages.Of(v.Time, now));
        return isOfOne
            ? [version, new("Verb", "", "What was done.", v => Word(v.Verb)), new("Manager", "", "Who wrote it, where managedFields tell.", v => v.Manager), age]
            : [new("Name", "name", "The name of the object.", v => v.Object.Key.Name), version, age];
    }

    /// <param name="isOfOne">The versions of one object, not of many.</param>
    public ReadOnlyMemory<byte> List(ObjectVersions page, bool isOfOne)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var w = new Utf8JsonWriter(buffer, Json.WriterOptions);
        var isTable = form.Shape == Shape.Table;
        w.WriteStartObject();
        w.WriteString("kind"u8, isTable ? "Table" : "ObjectVersionList");
        w.WriteString("apiVersion"u8, isTable ? form.MetaApiVersion : ApiVersion);
        w.WritePropertyName("metadata"u8);
        new ListMeta { ResourceVersion = Text(page.Revision), Continue = page.Continue }.WriteJson(w);
        if (isTable)
            WriteTable(w, page, Columns(isOfOne));
        else
            WriteItems(w, page);
        w.WriteEndObject();
        w.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteItems(Utf8JsonWriter w, ObjectVersions page)
    {
        w.WriteStartArray("items"u8);
        foreach (var version in page.Items)
            WriteItem(w, version);
        w.WriteEndArray();
    }

    private void WriteItem(Utf8JsonWriter w, ObjectVersion version)
    {
        w.WriteStartObject();
        w.WritePropertyName("metadata"u8);
        Named(version.Object.Object.Metadata).WriteJson(w);
        w.WriteString("verb"u8, Word(version.Verb));
        if (version.Time is { } time)
            w.WriteString("time"u8, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (version.Manager.Length > 0)
            w.WriteString("manager"u8, version.Manager);
        if (version.Previous > 0)
            w.WriteString("previousResourceVersion"u8, Text(version.Previous));
        if (include == "Object")
        {
            w.WritePropertyName("object"u8);
            w.WriteRawValue(version.Object.Json.Span, skipInputValidation: true);
        }

        w.WriteEndObject();
    }

    private void WriteTable(Utf8JsonWriter w, ObjectVersions page, Column[] columns)
    {
        w.WriteStartArray("columnDefinitions"u8);
        foreach (var column in columns)
        {
            w.WriteStartObject();
            w.WriteString("name"u8, column.Name);
            w.WriteString("type"u8, "string"u8);
            w.WriteString("format"u8, column.Format);
            w.WriteString("description"u8, column.Description);
            w.WriteNumber("priority"u8, 0);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteStartArray("rows"u8);
        foreach (var version in page.Items)
        {
            w.WriteStartObject();
            w.WriteStartArray("cells"u8);
            foreach (var column in columns)
                w.WriteStringValue(column.Cell(version));
            w.WriteEndArray();
            w.WritePropertyName("object"u8);
            if (include == "Object")
                w.WriteRawValue(version.Object.Json.Span, skipInputValidation: true);
            else if (include == "None")
                w.WriteNullValue();
            else
                ObjectEncoder.WritePartial(w, version.Object.Object.Metadata, form.MetaApiVersion);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    /// <summary>What says which object and which version it is.</summary>
    private static ObjectMeta Named(ObjectMeta metadata) => new()
    {
        Name = metadata.Name,
        Namespace = metadata.Namespace,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
        Generation = metadata.Generation,
        CreationTimestamp = metadata.CreationTimestamp,
        Labels = metadata.Labels,
    };

    private static string Word(VersionVerb verb) => verb switch
    {
        VersionVerb.Created => "created",
        VersionVerb.Updated => "updated",
        _ => "deleted",
    };

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
