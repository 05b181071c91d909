using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KubeSharp.ApiServer.Registry;

/// <summary>The bytes of stored objects: written without a resourceVersion, which is the store's to give, and read with it.</summary>
internal static class StoredJson
{
    /// <summary>Go's order of metadata: what stands before resourceVersion.</summary>
    private static readonly string[] Before = ["name", "generateName", "namespace", "selfLink", "uid"];

    private static readonly ReadOnlyMemory<byte> Nothing = "{}"u8.ToArray();

    /// <summary>The bytes for the store: kind and apiVersion first, no resourceVersion.</summary>
    public static byte[] Encode(ServedResource resource, IObject obj)
    {
        if (obj.Metadata.ResourceVersion.Length > 0)
            obj = obj.CopyWith(obj.Metadata with { ResourceVersion = "" });

        var json = Json.EncodeObject(obj);
        if (obj.Kind.Length > 0 && obj.ApiVersion.Length > 0)
            return json;

        var head = Encoding.UTF8.GetBytes($"{{\"kind\":\"{resource.Type.Kind}\",\"apiVersion\":\"{resource.Type.ApiVersion}\",");
        return [.. head, .. json.AsSpan(1)];
    }

    /// <summary>The value of <c>metadata</c>; an empty object where there is none.</summary>
    public static ReadOnlyMemory<byte> Metadata(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Json.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
                return json[start..(int)reader.BytesConsumed];
        }

        return Nothing;
    }

    /// <summary>Puts the version into the metadata, and collects the labels on the way.</summary>
    /// <param name="revision">0 for an object that has no version yet (a dry run).</param>
    public static byte[] Splice(ReadOnlySpan<byte> json, long revision, out IReadOnlyDictionary<string, string> labels)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        Dictionary<string, string>? found = null;
        var at = -1;
        var needsComma = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isMetadata)
            {
                ReadMetadata(ref reader, ref at, ref needsComma, ref found);
                break;
            }

            reader.Skip();
        }

        labels = found ?? Nil.Map<string>();
        if (at < 0 || revision == 0)
            return json.ToArray();

        var text = revision.ToString(CultureInfo.InvariantCulture);
        var isFirst = !needsComma;
        var next = json[at];
        var field = $"{(isFirst ? "" : ",")}\"resourceVersion\":\"{text}\"{(isFirst && next != (byte)'}' ? "," : "")}";
        var spliced = new byte[json.Length + field.Length];
        json[..at].CopyTo(spliced);
        Encoding.ASCII.GetBytes(field, spliced.AsSpan(at));
        json[at..].CopyTo(spliced.AsSpan(at + field.Length));
        return spliced;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ref int at, ref bool needsComma, ref Dictionary<string, string>? labels)
    {
        at = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isBefore = false;
            foreach (var name in Before)
                isBefore |= reader.ValueTextEquals(name);

            var isLabels = reader.ValueTextEquals("labels"u8);
            reader.Read();
            if (isLabels && reader.TokenType == JsonTokenType.StartObject)
            {
                labels = [];
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var label = reader.GetString()!;
                    reader.Read();
                    labels[label] = reader.GetString() ?? "";
                }

                continue;
            }

            reader.Skip();
            if (isBefore)
            {
                at = (int)reader.BytesConsumed;
                needsComma = true;
            }
        }
    }
}
