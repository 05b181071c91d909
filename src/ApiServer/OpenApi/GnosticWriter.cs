using System.Globalization;
using System.Text.Json;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>
/// Writes an OpenAPI v2 document in the protobuf form of gnostic (<c>openapi.v2.Document</c>): the only one that kubectl before 1.27 asks
/// for. Field numbers are those of gnostic's <c>OpenAPIv2.proto</c>; what our documents never contain is left out.
/// </summary>
internal sealed class GnosticWriter
{
    /// <summary>What is answered: a name that Go's parser of media types takes.</summary>
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>What clients ask for, of old and still.</summary>
    private const string AskedFor = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private readonly ProtoWriter _writer = new();

    /// <param name="json">A v2 document as <see cref="OpenApiDocument"/> writes it.</param>
    public static byte[] Convert(byte[] json)
    {
        using var document = JsonDocument.Parse(json, new() { MaxDepth = 512 });
        var gnostic = new GnosticWriter();
        gnostic.Document(document.RootElement);
        return gnostic._writer.Written.ToArray();
    }

    /// <summary>Whether a client takes this form and prefers it to JSON, or takes no other.</summary>
    public static bool IsAccepted(string accept)
    {
        var types = accept.Split(',').Select(t => t.Trim()).ToList();
        var ours = types.FindIndex(t => t.StartsWith(ContentType, StringComparison.Ordinal) || t.StartsWith(AskedFor, StringComparison.Ordinal));
        var json = types.FindIndex(t => t.StartsWith("application/json", StringComparison.Ordinal));
        return ours >= 0 && (json < 0 || ours < json);
    }

    private void Document(JsonElement document)
    {
        Text(1, document, "swagger");
        Message(2, document.GetProperty("info"), info =>
        {
            Text(1, info, "title");
            Text(2, info, "version");
        });
        Message(8, document.GetProperty("paths"), paths =>
        {
            foreach (var path in paths.EnumerateObject())
                Named(2, path, PathItem);
        });
        Message(9, document.GetProperty("definitions"), Schemas);
    }

    private void PathItem(JsonElement item)
    {
        foreach (var operation in item.EnumerateObject())
        {
            var number = operation.Name switch
            {
                "get" => 2,
                "put" => 3,
                "post" => 4,
                "delete" => 5,
                "patch" => 8,
                _ => 0,
            };
            if (number > 0)
                Message(number, operation.Value, Operation);
        }
    }

    private void Operation(JsonElement operation)
    {
        Text(3, operation, "description");
        Text(5, operation, "operationId");
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray())
                Message(8, parameter, p => Message(1, p, Parameter));
        }

        if (operation.TryGetProperty("responses", out var responses))
            Message(9, responses, Responses);
        Extensions(13, operation);
    }

    private void Parameter(JsonElement parameter)
    {
        var place = parameter.GetProperty("in").GetString();
        if (place == "body")
        {
            Message(1, parameter, body =>
            {
                Text(2, body, "name");
                Text(3, body, "in");
                Flag(4, body, "required");
                Message(5, body.GetProperty("schema"), Schema);
            });
            return;
        }

        Message(2, parameter, other => Message(place == "path" ? 4 : 3, other, p =>
        {
            Flag(1, p, "required");
            Text(2, p, "in");
            Text(3, p, "description");
            Text(4, p, "name");
            Text(place == "path" ? 5 : 6, p, "type");
            Flag(place == "path" ? 19 : 20, p, "uniqueItems");
        }));
    }

    private void Responses(JsonElement responses)
    {
        foreach (var response in responses.EnumerateObject())
        {
            Named(1, response, value => Message(1, value, r =>
            {
                Text(1, r, "description");
                if (r.TryGetProperty("schema", out var schema))
                    Message(2, schema, item => Message(1, item, Schema));
            }));
        }
    }

    private void Schemas(JsonElement schemas)
    {
        foreach (var schema in schemas.EnumerateObject())
            Named(1, schema, Schema);
    }

    private void Schema(JsonElement schema)
    {
        Text(1, schema, "$ref");
        Text(2, schema, "format");
        Text(4, schema, "description");
        if (schema.TryGetProperty("default", out var value))
            Message(5, value, Any);
        foreach (var name in Items(schema, "required"))
            _writer.Text(19, name.GetString() ?? "");
        foreach (var one in Items(schema, "enum"))
            Message(20, one, Any);
        if (schema.TryGetProperty("additionalProperties", out var additional))
        {
            if (additional.ValueKind == JsonValueKind.Object)
                Message(21, additional, a => Message(1, a, Schema));
            else
                Message(21, additional, a => _writer.Boolean(2, a.GetBoolean()));
        }

        if (schema.TryGetProperty("type", out var type))
            Message(22, type, t => _writer.Text(1, t.GetString() ?? ""));
        if (schema.TryGetProperty("items", out var items))
            Message(23, items, i => Message(1, i, Schema));
        foreach (var part in Items(schema, "allOf"))
            Message(24, part, Schema);
        if (schema.TryGetProperty("properties", out var properties))
            Message(25, properties, Schemas);
        Extensions(31, schema);
    }

    private void Extensions(int number, JsonElement owner)
    {
        foreach (var extension in owner.EnumerateObject().Where(p => p.Name.StartsWith("x-", StringComparison.Ordinal)))
            Named(number, extension, Any);
    }

    /// <summary>Any value travels as YAML; JSON is YAML.</summary>
    private void Any(JsonElement value) => _writer.Text(2, value.GetRawText() + "\n");

    private void Named(int number, JsonProperty property, Action<JsonElement> write)
    {
        var mark = _writer.BeginMessage(number);
        _writer.Text(1, property.Name);
        Message(2, property.Value, write);
        _writer.EndMessage(mark);
    }

    private void Message(int number, JsonElement value, Action<JsonElement> write)
    {
        var mark = _writer.BeginMessage(number);
        write(value);
        _writer.EndMessage(mark);
    }

    private void Text(int number, JsonElement owner, string name)
    {
        if (owner.TryGetProperty(name, out var value))
            _writer.Text(number, value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : string.Create(CultureInfo.InvariantCulture, $"{value}"));
    }

    private void Flag(int number, JsonElement owner, string name)
    {
        if (owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True)
            _writer.Boolean(number, true);
    }

    private static List<JsonElement> Items(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
}
