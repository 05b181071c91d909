using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.Cel;

/// <summary>JSON documents as CEL values and back. Objects and lists are read when they are looked at.</summary>
public static class CelJson
{
    /// <param name="node">The document; it must not change while the value is in use.</param>
    /// <param name="type">How to read it: <see cref="CelType.Dyn"/> takes it as it is; text becomes a timestamp where the type says so.</param>
    /// <returns>An error value if the document does not fit the type.</returns>
    public static CelValue Read(JsonNode? node, CelType type) => node switch
    {
        null => default,
        JsonObject obj => ReadObject(obj, type),
        JsonArray array => type.Kind switch
        {
            CelKind.Dyn => CelValue.Of(new JsonList(array, CelType.Dyn)),
            CelKind.List => CelValue.Of(type.ListKind == ListKind.Atomic ? new JsonList(array, type.Element) : new JsonSet(array, type)),
            _ => Mismatch("array", type),
        },
        _ => ReadScalar(node.AsValue(), type),
    };

    /// <summary>A document behind a <see cref="JsonElement"/>.</summary>
    public static CelValue Read(JsonElement element, CelType type) => element.ValueKind switch
    {
        JsonValueKind.Object => Read(JsonObject.Create(element), type),
        JsonValueKind.Array => Read(JsonArray.Create(element), type),
        JsonValueKind.Null or JsonValueKind.Undefined => default,
        _ => Read(JsonValue.Create(element), type),
    };

    /// <summary>The JSON of a value: timestamps and durations as text, bytes as base64.</summary>
    /// <exception cref="FormatException">The value has no JSON: an error, a type, a library's value, a map with other keys than text.</exception>
    public static JsonNode? Write(CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Null:
                return null;
            case CelKind.Bool:
                return JsonValue.Create(value.AsBool);
            case CelKind.Int:
                return JsonValue.Create(value.AsInt);
            case CelKind.Uint:
                return JsonValue.Create(value.AsUint);
            case CelKind.Double when double.IsFinite(value.AsDouble):
                return JsonValue.Create(value.AsDouble);
            case CelKind.Text:
                return JsonValue.Create(value.AsText);
            case CelKind.Bytes:
                return JsonValue.Create(Convert.ToBase64String(value.AsBytes.Span));
            case CelKind.Duration:
                return JsonValue.Create(CelText.Duration(value.AsDuration));
            case CelKind.Timestamp:
                return JsonValue.Create(value.AsTimestamp.ToString());
            case CelKind.List:
                return new JsonArray([.. value.AsList.ToArray().Select(Write)]);
            case CelKind.Map:
                var map = new JsonObject();
                foreach (var key in value.AsMap.Keys)
                {
                    if (key.Kind != CelKind.Text)
                        throw new FormatException($"a map with a key of type {key.TypeOf().Name} has no JSON");
                    map[key.AsText] = Write(value.AsMap.TryGet(key, out var item) ? item : default);
                }

                return map;
            case CelKind.Object:
                var obj = new JsonObject();
                foreach (var field in value.AsObject.Present)
                    obj[value.AsObject.Type.FindField(field)?.JsonName ?? field] = Write(value.AsObject.TryGet(field, out var item) ? item : default);
                return obj;
            case CelKind.Optional when value.TryGetOptional(out var held):
                return Write(held);
            case CelKind.Optional:
                return null;
            default:
                throw new FormatException($"a value of type {value.TypeOf().Name} has no JSON");
        }
    }

    private static CelValue ReadObject(JsonObject obj, CelType type) => type.Kind switch
    {
        CelKind.Dyn => CelValue.Of(new JsonMap(obj, CelType.Dyn)),
        CelKind.Map => CelValue.Of(new JsonMap(obj, type.Element)),
        CelKind.Object => CelValue.Of(new JsonStruct(obj, type)),
        _ => Mismatch("object", type),
    };

    private static CelValue ReadScalar(JsonValue node, CelType type) => node.GetValueKind() switch
    {
        JsonValueKind.String => ReadText(node.GetValue<string>(), type),
        JsonValueKind.True => type.Kind is CelKind.Dyn or CelKind.Bool ? CelValue.True : Mismatch("boolean", type),
        JsonValueKind.False => type.Kind is CelKind.Dyn or CelKind.Bool ? CelValue.False : Mismatch("boolean", type),
        JsonValueKind.Number => ReadNumber(node, type),
        _ => default,
    };

    private static CelValue ReadNumber(JsonValue node, CelType type)
    {
        var whole = node.TryGetValue<long>(out var number) || (node.TryGetValue<int>(out var small) && (number = small) == small);
        if (type.Kind == CelKind.Int)
            return whole ? CelValue.Of(number) : AsDouble(node) is { } d && d == Math.Floor(d) && Math.Abs(d) < 9.2e18 ? CelValue.Of((long)d) : Mismatch("number", type);
        if (type.Kind is not (CelKind.Dyn or CelKind.Double))
            return Mismatch("number", type);
        return whole && type.IsDyn ? CelValue.Of(number) : CelValue.Of(whole ? number : AsDouble(node) ?? 0);
    }

    private static double? AsDouble(JsonValue node) =>
        node.TryGetValue<double>(out var d) ? d
        : double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out d) ? d : null;

    private static CelValue ReadText(string text, CelType type)
    {
        switch (type.Kind)
        {
            case CelKind.Dyn or CelKind.Text:
                return CelValue.Of(text);
            case CelKind.Timestamp:
                return CelTimestamp.TryParse(text.Length == 10 ? text + "T00:00:00Z" : text, out var time)
                    ? CelValue.Of(time)
                    : CelValue.Error($"failed to parse date-time {CelText.Quote(text)}");
            case CelKind.Duration:
                return CelDurations.TryParse(text, out var nanos) ? CelValue.OfDuration(nanos) : CelValue.Error($"failed to parse duration {CelText.Quote(text)}");
            case CelKind.Bytes:
                var bytes = new byte[text.Length];
                return Convert.TryFromBase64String(text, bytes, out var length)
                    ? CelValue.OfBytes(bytes[..length])
                    : CelValue.Error("invalid data, expected base64 encoded text");
            default:
                return Mismatch("string", type);
        }
    }

    private static CelValue Mismatch(string found, CelType type) =>
        CelValue.Error($"invalid data, expected a value of type {type}, but found a JSON {found}");
}
