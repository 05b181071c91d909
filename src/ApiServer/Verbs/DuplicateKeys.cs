using System.Text.Json;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>Finds keys that an applied document gives twice; what else is unknown in it the schema refuses anyway.</summary>
internal static class DuplicateKeys
{
    /// <exception cref="ApiException">400: there are some and the client is strict.</exception>
    public static void Check(ReadOnlyMemory<byte> json, WriteOptions options)
    {
        if (options.FieldValidation == "Ignore")
            return;

        var found = new List<string>();
        try
        {
            Find(json.Span, found);
        }
        catch (JsonException)
        {
            return; // who parses it says so
        }

        if (found.Count > 0 && options.FieldValidation == "Strict")
            throw ApiException.BadRequest($"error strict decoding YAML: {string.Join(", ", found)}");
        foreach (var problem in found)
            options.Warn(problem);
    }

    private static void Find(ReadOnlySpan<byte> json, List<string> found)
    {
        var reader = new Utf8JsonReader(json, Json.ReaderOptions);
        var open = new Stack<HashSet<string>?>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new(StringComparer.Ordinal));
                    break;
                case JsonTokenType.StartArray:
                    open.Push(null);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName when open.Peek() is { } names && reader.GetString() is { } name && !names.Add(name):
                    found.Add($"key \"{name}\" already set in map");
                    break;
            }
        }
    }
}
