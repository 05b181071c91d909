using System.Text;
using System.Text.Json;

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>
/// The annotation in which <c>kubectl apply</c> kept what it had applied, from the time before the server did that. It lets the same
/// files be applied by the server without conflicts, and is kept true so that one can go back.
/// </summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The fields of the live object that stand as the client applied them; null: there is no such annotation, or it is of another version.</summary>
    public static FieldSet? Owned(FieldScope scope, FieldDocument live)
    {
        if (Read(live) is not { Length: > 0 } text)
            return null;

        try
        {
            using var applied = scope.Document(Encoding.UTF8.GetBytes(text));
            if (applied.Root.ValueKind != JsonValueKind.Object
                || !applied.Root.TryGetProperty("apiVersion", out var version) || version.ValueKind != JsonValueKind.String || version.GetString() != scope.ApiVersion
                || FieldCheck.Problem(scope.Schema, applied.Root) is not null)
            {
                return null;
            }

            var changed = FieldComparison.Of(scope.Schema, applied.Root, live.Root);
            return applied.Fields.Except(changed.Modified).Except(changed.Added).Except(changed.Removed);
        }
        catch (JsonException)
        {
            return null; // people write into annotations
        }
    }

    public static bool IsKept(FieldDocument live) => Read(live) is not null;

    /// <summary>The annotation's new text: the applied object without the annotation itself, keys in order, as Go's encoder ends it.</summary>
    public static string Text(JsonElement applied)
    {
        var text = new StringBuilder();
        Write(text, applied, depth: 0);
        return text.Append('\n').ToString();
    }

    private static string? Read(FieldDocument live) =>
        live.Root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
        && annotations.TryGetProperty(Annotation, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <param name="depth">The annotation is left out where it stands, two levels down.</param>
    private static void Write(StringBuilder text, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var properties = value.EnumerateObject().Where(p => !(depth == 2 && p.NameEquals(Annotation)));
                text.Append('{').AppendJoinOf(properties.OrderBy(p => p.Name, StringComparer.Ordinal), p =>
                {
                    text.Append(Quoted(p.Name)).Append(':');
                    Write(text, p.Value, depth + 1);
                });
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[').AppendJoinOf(value.EnumerateArray(), item => Write(text, item, depth + 1));
                text.Append(']');
                break;
            case JsonValueKind.String:
                text.Append(Quoted(value.GetString()!)); // a string has text
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static StringBuilder AppendJoinOf<T>(this StringBuilder text, IEnumerable<T> items, Action<T> append)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                text.Append(',');
            isFirst = false;
            append(item);
        }

        return text;
    }

    /// <summary>Go's encoder keeps HTML from being read into JSON.</summary>
    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, Json.WriterOptions.Encoder)}\""
        .Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);
}
