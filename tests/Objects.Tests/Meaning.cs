using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeSharp.Objects.Tests;

/// <summary>
/// What a document says, worked out from its schema and without the codecs: absent and empty are one, a quantity is a number, a time an
/// instant of the precision its type keeps.
/// </summary>
internal static class Meaning
{
    public static string Of(Schema schema, string json) => Value(schema, Parse(json))?.ToJsonString() ?? "{}";

    /// <summary>What protobuf can say: every Go TypeMeta is left out, also of a list's items.</summary>
    public static string WithoutTypeMeta(Schema schema, string json)
    {
        var node = Parse(json);
        Strip(schema, node);
        return Value(schema, node)?.ToJsonString() ?? "{}";
    }

    public static bool HasTypeMeta(Schema schema) => FieldTable.WithTypeMeta.Contains(schema.Name);

    private static JsonNode? Parse(string json) => JsonNode.Parse(json, null, new() { MaxDepth = 600 });

    private static void Strip(Schema schema, JsonNode? node)
    {
        if (node is JsonArray list && schema.Type == SchemaType.List)
        {
            foreach (var item in list)
                Strip(schema.Element!, item);
        }
        else if (node is JsonObject map)
        {
            if (HasTypeMeta(schema))
            {
                map.Remove("kind");
                map.Remove("apiVersion");
            }

            foreach (var (key, value) in map)
            {
                if ((schema.Type == SchemaType.Map ? schema.Element : schema.Find(key)?.Schema) is { } inner)
                    Strip(inner, value);
            }
        }
    }

    private static JsonNode? Value(Schema schema, JsonNode? node) => (schema.Type, node) switch
    {
        (_, null) => null,
        (SchemaType.Object, JsonObject o) => Object(o, key => schema.Find(key)?.Schema),
        (SchemaType.Map, JsonObject o) => Map(schema.Element!, o),
        (SchemaType.List, JsonArray a) => new JsonArray([.. a.Select(e => Value(schema.Element!, e))]),
        (SchemaType.Quantity, JsonValue v) => Amount(v.ToString()),
        (SchemaType.Number, JsonValue v) => v.GetValue<JsonElement>().GetDouble().ToString("R", CultureInfo.InvariantCulture),
        (SchemaType.Text, JsonValue v) when schema.Format == "date-time" => Instant(v.GetValue<string>(), schema == Schemas.MicroTime ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerSecond),
        _ => node.DeepClone(),
    };

    private static JsonObject Object(JsonObject source, Func<string, Schema?> schemaOf)
    {
        var result = new JsonObject();
        foreach (var (key, value) in source.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (schemaOf(key) is { } schema && Value(schema, value) is { } meant && !IsEmpty(schema, meant))
                result[key] = meant;
        }

        return result;
    }

    private static JsonObject Map(Schema element, JsonObject source)
    {
        var result = new JsonObject();
        foreach (var (key, value) in source.OrderBy(p => p.Key, StringComparer.Ordinal))
            result[key] = Value(element, value);
        return result;
    }

    private static bool IsEmpty(Schema schema, JsonNode node) => node switch
    {
        _ when schema.Type == SchemaType.Any => false,
        JsonObject o => o.Count == 0,
        JsonArray a => a.Count == 0,
        _ => node.ToJsonString() is "\"\"" or "0" or "\"0\"" or "false",
    };

    private static string Instant(string text, long precision)
    {
        var ticks = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks;
        return (ticks - (ticks % precision)).ToString(CultureInfo.InvariantCulture);
    }

    private static string Amount(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c is '.' or '+' or '-').Count();
        var number = decimal.Parse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture);
        var suffix = text[digits..];
        var factor = suffix switch
        {
            "" => 1m,
            "E" => 1e18m,
            ['e' or 'E', .. var power] => (decimal)Math.Pow(10, int.Parse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            [var unit, 'i'] => (decimal)Math.Pow(1024, "KMGTPE".IndexOf(unit, StringComparison.Ordinal) + 1),
            [var unit] => (decimal)Math.Pow(1000, "num.kMGTP".IndexOf(unit, StringComparison.Ordinal) - 3),
            _ => throw new FormatException(text),
        };
        return (number * factor).ToString("0.#########", CultureInfo.InvariantCulture);
    }
}
