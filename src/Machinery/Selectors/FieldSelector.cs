using System.Text;

namespace KubeSharp.Machinery;

/// <summary>One condition of a field selector: equal or not equal.</summary>
public readonly record struct FieldRequirement(string Field, string Value, bool IsEqual)
{
    public bool Matches(IReadOnlyDictionary<string, string> fields) => (fields.GetValueOrDefault(Field, "") == Value) == IsEqual;
}

/// <summary><c>metadata.name=x,spec.nodeName!=y</c>. Immutable.</summary>
public sealed class FieldSelector(IReadOnlyList<FieldRequirement> requirements)
{
    public static FieldSelector Everything { get; } = new([]);

    public IReadOnlyList<FieldRequirement> Requirements { get; } = requirements;

    public bool IsEverything => Requirements.Count == 0;

    /// <exception cref="FormatException">Not a field selector; the message is upstream's.</exception>
    public static FieldSelector Parse(string text)
    {
        var requirements = new List<FieldRequirement>();
        foreach (var term in Terms(text))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'");

            var isEqual = term[at - 1] != '!';
            var value = term.AsSpan(at + 1);
            if (isEqual && value.StartsWith('='))
                value = value[1..];
            requirements.Add(new(isEqual ? term[..at] : term[..(at - 1)], Unescape(value), isEqual));
        }

        return new(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(fields))
                return false;
        }

        return true;
    }

    /// <summary>Split at commas that no backslash escapes.</summary>
    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i + 1 < text.Length && text[i] == '\\')
            {
                i++;
                continue;
            }

            if (i < text.Length && text[i] != ',')
                continue;

            if (i > start)
                yield return text[start..i];
            start = i + 1;
        }
    }

    /// <summary>A comma, an equals sign and a backslash stand in a value with a backslash before them, and nothing else does.</summary>
    private static string Unescape(ReadOnlySpan<char> value)
    {
        if (!value.ContainsAny('\\', ',', '='))
            return value.ToString();

        var plain = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is ',' or '=')
                throw new FormatException($"invalid field selector: unescaped character in value: {(int)value[i]}");
            if (value[i] == '\\' && (++i == value.Length || value[i] is not ('\\' or ',' or '=')))
                throw new FormatException($"invalid field selector: invalid escape sequence: {value[(i - 1)..Math.Min(i + 1, value.Length)]}");
            plain.Append(value[i]);
        }

        return plain.ToString();
    }
}
