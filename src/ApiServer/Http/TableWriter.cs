using System.Buffers;
using System.Globalization;
using System.Text.Json;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes objects as the rows kubectl prints (<c>meta.k8s.io</c> Table).</summary>
internal sealed class TableWriter(ServedResource resource, ResponseForm form, string include, DateTimeOffset now)
{
    /// <summary>What the rows carry besides the cells.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static string CheckInclude(string text) => text switch
    {
        "" or "Metadata" => "Metadata",
        "None" or "Object" => text,
        _ => throw ApiException.BadRequest($"Unable to convert to Table as requested: includeObject: Invalid value: \"{text}\": must be 'Metadata', 'Object', 'None', or empty"),
    };

    /// <summary>All up to the first row; <see cref="WriteRow"/> and <see cref="WriteEnd"/> follow.</summary>
    public void WriteStart(IBufferWriter<byte> output, ListMeta metadata, bool withColumns)
    {
        using var w = new Utf8JsonWriter(output, Json.WriterOptions);
        w.WriteStartObject();
        w.WriteString("kind"u8, "Table"u8);
        w.WriteString("apiVersion"u8, form.MetaApiVersion);
        w.WritePropertyName("metadata"u8);
        metadata.WriteJson(w);
        if (withColumns)
            WriteColumns(w);
        else
            w.WriteNull("columnDefinitions"u8);
        w.WriteStartArray("rows"u8);
        w.Flush();
    }

    public void WriteRow(IBufferWriter<byte> output, CachedObject obj, bool isFirst)
    {
        if (!isFirst)
            output.Write(","u8);

        using var w = new Utf8JsonWriter(output, Json.WriterOptions);
        w.WriteStartObject();
        w.WriteStartArray("cells"u8);
        var column = 0;
        foreach (var cell in resource.Kind.Cells(obj.Object, now))
        {
            // The one cell that every kind without columns of its own has besides the name.
            var isCreation = cell is null && resource.Kind.Columns[column] is { Name: "Created At", Type: "date" };
            column++;
            WriteCell(w, isCreation ? CreatedAt(obj.Object.Metadata) : cell);
        }

        w.WriteEndArray();
        w.WritePropertyName("object"u8);
        switch (include)
        {
            case "None":
                w.WriteNullValue();
                break;
            case "Object":
                w.WriteRawValue(obj.Json.Span, skipInputValidation: true);
                break;
            default:
                ObjectEncoder.WritePartial(w, obj.Object.Metadata, form.MetaApiVersion);
                break;
        }

        w.WriteEndObject();
    }

    public static void WriteEnd(IBufferWriter<byte> output) => output.Write("]}"u8);

    /// <summary>The table of one object.</summary>
    public ReadOnlyMemory<byte> One(CachedObject obj, bool withColumns)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        WriteStart(buffer, new() { ResourceVersion = obj.Revision.ToString(CultureInfo.InvariantCulture) }, withColumns);
        WriteRow(buffer, obj, isFirst: true);
        WriteEnd(buffer);
        return buffer.WrittenMemory;
    }

    private void WriteColumns(Utf8JsonWriter w)
    {
        w.WriteStartArray("columnDefinitions"u8);
        foreach (var column in resource.Kind.Columns)
        {
            w.WriteStartObject();
            w.WriteString("name"u8, column.Name);
            w.WriteString("type"u8, column.Type);
            w.WriteString("format"u8, column.Format);
            w.WriteString("description"u8, Describe(column));
            w.WriteNumber("priority"u8, column.Priority);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private string Describe(PrinterColumn column) => column.Name switch
    {
        "Name" => $"The name of the {resource.Type.Singular}.",
        "Age" when column.Description.Length == 0 => "The time since the object was created.",
        _ => column.Description,
    };

    private static string? CreatedAt(ObjectMeta metadata) => metadata.CreationTimestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void WriteCell(Utf8JsonWriter w, object? cell)
    {
        switch (cell)
        {
            case null:
                w.WriteNullValue();
                break;
            case string text:
                w.WriteStringValue(text);
                break;
            case bool flag:
                w.WriteBooleanValue(flag);
                break;
            case long number:
                w.WriteNumberValue(number);
                break;
            case int number:
                w.WriteNumberValue(number);
                break;
            case double number:
                w.WriteNumberValue(number);
                break;
            default:
                w.WriteStringValue(System.Convert.ToString(cell, CultureInfo.InvariantCulture));
                break;
        }
    }
}
