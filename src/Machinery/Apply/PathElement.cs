using System.Globalization;
using System.Text.Json;

namespace KubeSharp.Machinery;

public enum PathElementKind
{
    /// <summary>A field of a struct or a key of a map.</summary>
    Field,

    /// <summary>The item of a list-map with these keys.</summary>
    Key,

    /// <summary>The item of a set.</summary>
    Value,

    /// <summary>A position. Atomic lists have no paths into them, so this is read but never made.</summary>
    Index,
}

/// <summary>One step of a path into an object, as FieldsV1 writes it: <c>f:spec</c>, <c>k:{"name":"web"}</c>, <c>v:"x"</c>, <c>i:3</c>.</summary>
public readonly struct PathElement : IEquatable<PathElement>, IComparable<PathElement>
{
    private readonly KeyValuePair<string, FieldScalar>[] _parts;

    private PathElement(PathElementKind kind, string text, KeyValuePair<string, FieldScalar>[] parts) => (Kind, Text, _parts) = (kind, text, parts);

    public PathElementKind Kind { get; }

    /// <summary>What stands after the prefix: the field's name, the key or value as JSON, the index.</summary>
    public string Text { get; }

    public static PathElement Field(string name) => new(PathElementKind.Field, name, []);

    /// <param name="parts">The key's fields; this sorts them.</param>
    public static PathElement Key(params KeyValuePair<string, FieldScalar>[] parts)
    {
        if (parts.Length > 1)
            Array.Sort(parts, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new(PathElementKind.Key, $"{{{string.Join(',', parts.Select(p => $"{FieldScalar.Quote(p.Key)}:{p.Value}"))}}}", parts);
    }

    public static PathElement Value(FieldScalar value) => new(PathElementKind.Value, value.ToString(), [new("", value)]);

    /// <summary>Reads the form of FieldsV1.</summary>
    /// <returns>Null for a kind of step that a later version may have invented: it is passed over.</returns>
    /// <exception cref="DecodeException">It is malformed.</exception>
    public static PathElement? Parse(string text)
    {
        if (text.Length < 2)
            throw new DecodeException("key must be 2 characters long:");
        if (text[1] != ':')
            throw new DecodeException($"missing colon: {text}");

        var rest = text[2..];
        return text[0] switch
        {
            'f' => Field(rest),
            'k' => ParseKey(rest),
            'v' => Value(FieldScalar.Of(ParseJson(rest))),
            'i' when int.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) =>
                new(PathElementKind.Index, index.ToString(CultureInfo.InvariantCulture), []),
            'i' => throw new DecodeException($"strconv.Atoi: parsing \"{rest}\": invalid syntax"),
            _ => null,
        };
    }

    public bool Equals(PathElement other) => Kind == other.Kind && Text == other.Text;

    public override bool Equals(object? obj) => obj is PathElement other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, Text);

    public int CompareTo(PathElement other)
    {
        if (Kind != other.Kind)
            return Kind.CompareTo(other.Kind);
        if (Kind == PathElementKind.Index)
            return int.Parse(Text, CultureInfo.InvariantCulture).CompareTo(int.Parse(other.Text, CultureInfo.InvariantCulture));
        if (Kind == PathElementKind.Field)
            return string.CompareOrdinal(Text, other.Text);

        for (var i = 0; i < _parts.Length && i < other._parts.Length; i++)
        {
            var order = string.CompareOrdinal(_parts[i].Key, other._parts[i].Key);
            if (order == 0)
                order = _parts[i].Value.CompareTo(other._parts[i].Value);
            if (order != 0)
                return order;
        }

        return _parts.Length.CompareTo(other._parts.Length);
    }

    /// <summary>As conflicts show it: <c>.spec</c>, <c>[name="web"]</c>, <c>[="x"]</c>, <c>[3]</c>.</summary>
    public override string ToString() => Kind switch
    {
        PathElementKind.Field => "." + Text,
        PathElementKind.Index => $"[{Text}]",
        PathElementKind.Value => $"[={Text}]",
        _ => $"[{string.Join(',', _parts.Select(p => $"{p.Key}={p.Value}"))}]",
    };

    public static bool operator ==(PathElement left, PathElement right) => left.Equals(right);

    public static bool operator !=(PathElement left, PathElement right) => !left.Equals(right);

    public static bool operator <(PathElement left, PathElement right) => left.CompareTo(right) < 0;

    public static bool operator <=(PathElement left, PathElement right) => left.CompareTo(right) <= 0;

    public static bool operator >(PathElement left, PathElement right) => left.CompareTo(right) > 0;

    public static bool operator >=(PathElement left, PathElement right) => left.CompareTo(right) >= 0;

    private static PathElement ParseKey(string json)
    {
        var key = ParseJson(json);
        return key.ValueKind == JsonValueKind.Object
            ? Key([.. key.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, FieldScalar.Of(p.Value)))])
            : throw new DecodeException($"the key of a list item is an object: {json}");
    }

    private static JsonElement ParseJson(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException e)
        {
            throw new DecodeException($"the value of a list item is JSON: {json}", e);
        }
    }
}
