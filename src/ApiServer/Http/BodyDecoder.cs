using System.Text.Json;
using KubeSharp.ApiServer.CustomResources;

namespace KubeSharp.ApiServer.Http;

/// <summary>Turns a posted body into the object it must be, in upstream's words where it is not.</summary>
internal static class BodyDecoder
{
    private const string Missing = "couldn't get version/kind; json parse error: ";

    /// <param name="codec">Of the kind the path takes.</param>
    /// <param name="validation"><c>Ignore</c>, <c>Warn</c> or <c>Strict</c>.</param>
    /// <param name="warn">Takes the unknown and duplicate fields under <c>Warn</c>.</param>
    /// <exception cref="ApiException">400: not this kind. 415: not a type of body we read.</exception>
    public static IObject Decode(ReadOnlyMemory<byte> body, string contentType, ObjectCodec codec, string validation, Action<string> warn)
    {
        var obj = DecodeAny(body, contentType, codec, validation, warn);
        return obj.Kind.Length > 0 && obj.ApiVersion.Length > 0 ? obj : codec.WithTypeMeta(obj);
    }

    /// <summary>A body of a type without metadata (DeleteOptions), in any of the three encodings.</summary>
    public static T DecodePlain<T>(ReadOnlyMemory<byte> body, string contentType)
        where T : class, IApiType<T>
    {
        try
        {
            return Negotiation.BareType(contentType) switch
            {
                "" or Negotiation.Json => Json.Decode<T>(body.Span),
                Negotiation.Yaml => Json.Decode<T>(YamlToJson.Convert(body.Span)),
                Negotiation.Protobuf => Protobuf.Decode<T>(body.Span),
                var other => throw ApiException.UnsupportedMediaType(other, Negotiation.Bodies),
            };
        }
        catch (DecodeException e)
        {
            var isBroken = Negotiation.BareType(contentType) is "" or Negotiation.Json && !IsJson(body);
            throw ApiException.BadRequest(isBroken ? Missing + Reason(body) : e.Message);
        }
    }

    private static IObject DecodeAny(ReadOnlyMemory<byte> body, string contentType, ObjectCodec codec, string validation, Action<string> warn)
    {
        switch (Negotiation.BareType(contentType))
        {
            case "" or Negotiation.Json:
                return DecodeJson(body, body, codec, validation, warn);
            case Negotiation.Yaml:
                return DecodeJson(Convert(body, codec), body, codec, validation, warn);
            case Negotiation.Protobuf when codec is UnstructuredCodec:
                throw ApiException.UnsupportedMediaType(Negotiation.Protobuf, [Negotiation.Json, Negotiation.Yaml]);
            case Negotiation.Protobuf:
                return DecodeProtobuf(body, codec);
            case var other:
                throw ApiException.UnsupportedMediaType(other, Negotiation.Bodies);
        }
    }

    private static bool IsJson(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, Json.ReaderOptions);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Convert(ReadOnlyMemory<byte> yaml, ObjectCodec codec)
    {
        try
        {
            return YamlToJson.Convert(yaml.Span);
        }
        catch (DecodeException e)
        {
            throw Unrecognized(codec, e.Message, yaml);
        }
    }

    private static IObject DecodeJson(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> original, ObjectCodec codec, string validation, Action<string> warn)
    {
        var (apiVersion, kind) = PeekType(json, original, codec);
        if (codec is UnstructuredCodec)
            CheckCustomType(apiVersion, kind, json, codec.Type);
        else
            CheckType(apiVersion, kind, codec, original);
        try
        {
            var context = validation == "Ignore" ? DecodeContext.Lenient : DecodeContext.Strict();
            var obj = codec.Decode(json.Span, context);
            if (validation == "Strict" && context.Findings.Count > 0)
                throw Unfit(codec, kind, apiVersion, $"strict decoding error: {string.Join(", ", context.Findings)}");

            foreach (var finding in context.Findings)
                warn(finding);
            return obj;
        }
        catch (DecodeException e)
        {
            throw Unfit(codec, kind, apiVersion, e.Message);
        }
    }

    private static IObject DecodeProtobuf(ReadOnlyMemory<byte> body, ObjectCodec codec)
    {
        var (apiVersion, kind) = ("", "");
        try
        {
            var envelope = Protobuf.Open(body.Span);
            (apiVersion, kind) = (envelope.ApiVersion, envelope.Kind);
            CheckType(apiVersion, kind, codec, body);
            return codec.DecodeProtobuf(envelope.Message);
        }
        catch (DecodeException e)
        {
            throw kind.Length > 0 ? Unfit(codec, kind, apiVersion, e.Message) : Unrecognized(codec, e.Message, body);
        }
    }

    /// <summary>The two words that decide, read from the top level only.</summary>
    private static (string ApiVersion, string Kind) PeekType(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> original, ObjectCodec codec)
    {
        var (apiVersion, kind) = ("", "");
        var reader = new Utf8JsonReader(json.Span, Json.ReaderOptions);
        try
        {
            if (!reader.Read())
                throw Unrecognized(codec, Missing + "unexpected end of JSON input", original);
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Unrecognized(codec, $"{Missing}json: cannot unmarshal {Name(reader.TokenType)} into an object with apiVersion and kind", original);

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isKind = reader.ValueTextEquals("kind"u8);
                var isVersion = reader.ValueTextEquals("apiVersion"u8);
                reader.Read();
                if (isKind && reader.TokenType == JsonTokenType.String)
                    kind = reader.GetString() ?? "";
                else if (isVersion && reader.TokenType == JsonTokenType.String)
                    apiVersion = reader.GetString() ?? "";
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Unrecognized(codec, Missing + Reason(json), original);
        }

        return (apiVersion, kind);
    }

    /// <summary>Go's two most common sentences about broken JSON.</summary>
    private static string Reason(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, isFinalBlock: false, new JsonReaderState(Json.ReaderOptions));
        try
        {
            while (reader.Read())
            {
            }

            return "unexpected end of JSON input";
        }
        catch (JsonException)
        {
            var at = (int)Math.Min(reader.BytesConsumed, json.Length - 1);
            while (at < json.Length - 1 && json.Span[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                at++;
            return $"invalid character '{(char)json.Span[at]}' looking for beginning of value";
        }
    }

    private static string Name(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "bool",
        _ => "null",
    };

    private static void CheckType(string apiVersion, string kind, ObjectCodec codec, ReadOnlyMemory<byte> body)
    {
        var (wantVersion, wantKind) = (BodyType.ApiVersion(codec.Type), codec.Type.Kind);
        if (apiVersion.Count(c => c == '/') > 1)
            throw Unrecognized(codec, $"unexpected GroupVersion string: {apiVersion}", body);

        if ((kind.Length == 0 || kind == wantKind) && (apiVersion.Length == 0 || apiVersion == wantVersion))
            return;

        // The one body that is still taken in a version that is gone (upstream's AcceptsGroupVersion): kubectl before 1.22 drains with it.
        if (wantKind == "Eviction" && kind == wantKind && apiVersion == "policy/v1beta1")
            return;

        var posted = kind.Length == 0 ? wantKind : kind;
        var version = apiVersion.Length == 0 ? wantVersion : apiVersion;
        if (ApiCatalog.All.Any(t => t.Kind == posted && BodyType.ApiVersion(t) == version))
        {
            throw posted == wantKind
                ? ApiException.BadRequest($"the API version in the data ({version}) does not match the expected API version ({wantVersion})")
                : Unfit(codec, posted, version, $"converting ({Short(version)}.{posted}) to ({Short(wantVersion)}.{wantKind}): unknown conversion");
        }

        var hint = ApiCatalog.All.Where(t => t.Kind == posted).Select(BodyType.ApiVersion).FirstOrDefault() is { } elsewhere
            ? $"did you mean apiVersion \"{elsewhere}\"?"
            : DidYouMean.Hint(posted, ApiCatalog.All.Where(t => BodyType.ApiVersion(t) == version).Select(t => t.Kind).Append(wantKind).Distinct());
        throw Unfit(codec, posted, version, $"no kind \"{posted}\" is registered for version \"{version}\"{(hint.Length > 0 ? "; " + hint : "")}");
    }

    /// <summary>A custom resource may be of any kind to the decoder; that it is not this one is for validation to say.</summary>
    private static void CheckCustomType(string apiVersion, string kind, ReadOnlyMemory<byte> json, ResourceType type)
    {
        if (apiVersion.Length > 0 && apiVersion != type.ApiVersion)
            throw ApiException.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})");
        if (kind.Length == 0 || kind == type.Kind)
            return;

        var findings = new Findings();
        findings.Invalid("kind", kind, $"must be {type.Kind}");
        throw ApiException.Invalid(type.Group, kind, NameIn(json), findings);
    }

    private static string NameIn(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
    }

    private static string Short(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static ApiException Unfit(ObjectCodec codec, string kind, string apiVersion, string why) => ApiException.BadRequest(
        $"{(kind.Length > 0 ? kind : codec.Type.Kind)} in version \"{Short(apiVersion.Length > 0 ? apiVersion : BodyType.ApiVersion(codec.Type))}\" cannot be handled as a {codec.Type.Kind}: {why}");

    private static ApiException Unrecognized(ObjectCodec codec, string why, ReadOnlyMemory<byte> body) =>
        ApiException.BadRequest($"the object provided is unrecognized (must be of type {codec.Type.Kind}): {why} ({Summary(body.Span)})");

    private static string Summary(ReadOnlySpan<byte> body)
    {
        const int Most = 30;
        if (body.IsEmpty)
            return "<empty>";

        var head = body[..Math.Min(Most, body.Length)];
        var text = body[0] == (byte)'{' ? System.Text.Encoding.UTF8.GetString(head) : System.Convert.ToHexStringLower(head);
        return body.Length > Most ? text + " ..." : text;
    }
}
