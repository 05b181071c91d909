using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>
/// JSONPath as Kubernetes knows it: names (<c>.a.b</c>, <c>['a']</c>, <c>.a\.b</c>), indices and slices, <c>*</c>, <c>..</c>, unions, and filters
/// (<c>[?(@.type=="Ready")]</c>). What is not there yields nothing.
/// </summary>
public sealed class JsonPath
{
    private readonly IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps;

    private JsonPath(IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> steps) => _steps = steps;

    /// <returns>Null if it is no path.</returns>
    public static JsonPath? TryParse(string path)
    {
        try
        {
            var parser = new Parser(path.StartsWith('$') ? path[1..] : path);
            return new(parser.Steps());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public IEnumerable<JsonNode?> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
            found = found.SelectMany(step);
        return found;
    }

    private ref struct Parser(string text)
    {
        private int _at;

        public List<Func<JsonNode?, IEnumerable<JsonNode?>>> Steps()
        {
            var steps = new List<Func<JsonNode?, IEnumerable<JsonNode?>>>();
            while (_at < text.Length)
            {
                if (Take(".."))
                {
                    steps.Add(Descend);
                    if (_at < text.Length && text[_at] != '[')
                        steps.Add(Named());
                }
                else if (Take("."))
                {
                    if (_at < text.Length && text[_at] != '[')
                        steps.Add(Named());
                }
                else if (Take("["))
                {
                    steps.Add(Bracket());
                }
                else if (_at == 0)
                {
                    steps.Add(Named());
                }
                else
                {
                    throw new FormatException();
                }
            }

            return steps;
        }

        private bool Take(string token)
        {
            if (!text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal))
                return false;
            _at += token.Length;
            return true;
        }

        private Func<JsonNode?, IEnumerable<JsonNode?>> Named()
        {
            var name = new StringBuilder();
            while (_at < text.Length && text[_at] is not ('.' or '['))
            {
                if (text[_at] == '\\' && _at + 1 < text.Length)
                    _at++;
                name.Append(text[_at++]);
            }

            var wanted = name.ToString();
            return wanted.Length == 0 ? throw new FormatException() : wanted == "*" ? All : node => Field(node, wanted);
        }

        private Func<JsonNode?, IEnumerable<JsonNode?>> Bracket()
        {
            if (Take("?("))
            {
                var end = EndOf(")]");
                var filter = Filter.Parse(text[_at..end]);
                _at = end + 2;
                return node => All(node).Where(filter.Matches);
            }

            var close = EndOf("]");
            var inner = text[_at..close];
            _at = close + 1;
            var parts = inner.Split(',').Select(p => Part(p.Trim())).ToList();
            return parts is [var only] ? only : node => parts.SelectMany(p => p(node));
        }

        /// <summary>Where an ending stands, quotes aside.</summary>
        private readonly int EndOf(string ending)
        {
            var quote = '\0';
            for (var i = _at; i < text.Length; i++)
            {
                if (quote != '\0')
                    quote = text[i] == quote ? '\0' : quote;
                else if (text[i] is '\'' or '"')
                    quote = text[i];
                else if (text.AsSpan(i).StartsWith(ending, StringComparison.Ordinal))
                    return i;
            }

            throw new FormatException();
        }
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Part(string part)
    {
        if (part == "*")
            return All;
        if (part is ['\'' or '"', .., '\'' or '"'])
        {
            var name = part[1..^1];
            return node => Field(node, name);
        }

        var bounds = part.Split(':').Select(Bound).ToList();
        return bounds switch
        {
            [{ } index] => node => Slice(node, index, index == -1 ? null : index + 1L, 1),
            [var from, var to] => node => Slice(node, from ?? 0, to, 1),
            [var from, var to, var step] => node => Slice(node, from ?? 0, to, step ?? 1),
            _ => throw new FormatException(),
        };
    }

    private static int? Bound(string text) => text.Length == 0
        ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound) ? bound : throw new FormatException();

    private static IEnumerable<JsonNode?> Slice(JsonNode? node, int from, long? to, int step)
    {
        if (node is not JsonArray list || step <= 0)
            yield break;

        var start = from < 0 ? list.Count + from : from;
        var end = to is { } bound ? (bound < 0 ? list.Count + bound : bound) : list.Count;
        for (var i = (long)Math.Max(start, 0); i < Math.Min(end, list.Count); i += step)
            yield return list[(int)i];
    }

    private static IEnumerable<JsonNode?> Field(JsonNode? node, string name) =>
        node is JsonObject obj && obj.TryGetPropertyValue(name, out var value) ? [value] : [];

    private static IEnumerable<JsonNode?> All(JsonNode? node) => node switch
    {
        JsonObject obj => obj.Select(p => p.Value),
        JsonArray list => list,
        _ => [],
    };

    private static IEnumerable<JsonNode?> Descend(JsonNode? node) => All(node).SelectMany(Descend).Prepend(node);

    /// <summary>A test of an item: that a path of it is there, or how its value compares.</summary>
    private sealed record Filter(JsonPath Left, string Operator, JsonPath? RightPath, JsonNode? Right)
    {
        private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];

        public static Filter Parse(string text)
        {
            foreach (var symbol in Operators)
            {
                var at = text.IndexOf(symbol, StringComparison.Ordinal);
                if (at <= 0)
                    continue;

                var right = text[(at + symbol.Length)..].Trim();
                return right.StartsWith('@')
                    ? new(Path(text[..at]), symbol, Path(right), null)
                    : new(Path(text[..at]), symbol, null, Literal(right));
            }

            return new(Path(text), "", null, null);
        }

        public bool Matches(JsonNode? item)
        {
            var left = Left.Find(item).Take(1).ToList();
            if (left.Count == 0)
                return false;
            if (Operator.Length == 0)
                return true;

            var right = RightPath is null ? Right : RightPath.Find(item).FirstOrDefault();
            if (Operator is "==" or "!=")
                return JsonNode.DeepEquals(left[0], right) == (Operator == "==");

            var order = JsonTree.AsNumber(left[0]) is { } a && JsonTree.AsNumber(right) is { } b
                ? a.CompareTo(b)
                : string.CompareOrdinal(JsonTree.AsText(left[0]), JsonTree.AsText(right));
            return Operator switch
            {
                "<" => order < 0,
                ">" => order > 0,
                "<=" => order <= 0,
                _ => order >= 0,
            };
        }

        private static JsonPath Path(string text) => text.Trim() is ['@', .. var rest] && TryParse(rest) is { } path ? path : throw new FormatException();

        private static JsonValue? Literal(string text) => text switch
        {
            ['\'' or '"', .., '\'' or '"'] => JsonValue.Create(text[1..^1]),
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => double.Parse(text, CultureInfo.InvariantCulture) is var real && double.IsFinite(real) ? JsonValue.Create(real) : throw new FormatException(),
        };
    }
}
