using System.Text.Json;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Http;

/// <summary>Reads what is posted to <c>restore</c>: nothing, or <c>{"resourceVersion": "17"}</c>. Pure.</summary>
internal static class RestoreBody
{
    private const string Kind = "Restore";

    /// <returns>The version to go back to; 0: none was named.</returns>
    /// <param name="fromQuery">The query parameter that may say the same.</param>
    /// <exception cref="ApiException">400: it makes no sense. 415: not a type of body we read.</exception>
    public static long Read(ReadOnlyMemory<byte> body, string contentType, string fromQuery, WriteOptions options)
    {
        var text = body.Span.Trim(" \r\n\t"u8).IsEmpty ? "" : VersionIn(Json(body, contentType), options);
        if (text.Length > 0 && fromQuery.Length > 0 && text != fromQuery)
            throw ApiException.BadRequest($"the body names resourceVersion {text} and the query {fromQuery}");

        return ListRules.ParseVersion(text.Length > 0 ? text : fromQuery);
    }

    private static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> body, string contentType)
    {
        try
        {
            return Negotiation.BareType(contentType) switch
            {
                "" or Negotiation.Json => body,
                Negotiation.Yaml => YamlToJson.Convert(body.Span),
                var other => throw ApiException.UnsupportedMediaType(other, [Negotiation.Json, Negotiation.Yaml]),
            };
        }
        catch (DecodeException e)
        {
            throw ApiException.BadRequest(e.Message);
        }
    }

    private static string VersionIn(ReadOnlyMemory<byte> json, WriteOptions options)
    {
        var (version, context) = ("", options.Decoding());
        try
        {
            var reader = new Utf8JsonReader(json.Span, Machinery.Json.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw ApiException.BadRequest("a restore must be a JSON object");

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var value = reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString() ?? "" : null;
                switch (name)
                {
                    case "kind" when value is "" or Kind:
                    case "apiVersion" when value is "" or VersionWriter.ApiVersion:
                        break;
                    case "resourceVersion" when value is not null:
                        version = value;
                        break;
                    case "kind" or "apiVersion" or "resourceVersion":
                        throw ApiException.BadRequest($"{name}: must be {(name == "kind" ? Kind : name == "apiVersion" ? VersionWriter.ApiVersion : "a string")}");
                    default:
                        reader.Skip();
                        context.Unknown(name);
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiException.BadRequest($"a restore must be a JSON object: {e.Message}");
        }

        options.Tell(context);
        return version;
    }
}
