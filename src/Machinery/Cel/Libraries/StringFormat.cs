using System.Globalization;
using System.Text;

namespace KubeSharp.Machinery.Cel;

/// <summary><c>text.format(list)</c>: the first form of the extension, with the numbers of en_US.</summary>
internal static class StringFormat
{
    private const int DefaultPrecision = 6;

    /// <summary>More digits than a double has; upstream sets no bound.</summary>
    private const int MaxPrecision = 1000;
    private const int MaxLength = 16 * 1024 * 1024;

    public static CelValue Format(string format, CelList args)
    {
        var text = new StringBuilder();
        var next = 0;
        var problem = Walk(format, (literal, clause) =>
        {
            text.Append(literal);
            if (clause is null)
                return null;
            if (next >= args.Count)
                return $"index {next} out of range";
            return Write(text, args[next++], clause.Value) is { } wrong ? "error during formatting: " + wrong : null;
        });
        if (problem is null && text.Length > MaxLength)
            problem = "the text becomes too long";
        return problem is null ? CelValue.Of(text.ToString()) : CelValue.Error(problem);
    }

    /// <summary>Looks at a format whose arguments are written out, as far as their types are known.</summary>
    /// <returns>The problem and the argument it is with (-1: the format).</returns>
    public static (string Problem, int Arg)? Check(string format, IReadOnlyList<CelType> args)
    {
        var next = 0;
        var place = -1;
        var problem = Walk(format, (_, clause) =>
        {
            if (clause is null)
                return null;
            if (next >= args.Count)
                return $"index {next} out of range";
            place = next;
            var type = args[next++];
            return type.IsDyn || Takes(clause.Value.Verb, type.Kind) ? null : "error during formatting: " + Complaint(clause.Value.Verb, type.Name);
        });
        if (problem is not null)
            return (problem, problem.StartsWith("error during", StringComparison.Ordinal) ? place : -1);
        return args.Count > next ? ($"too many arguments supplied to string.format (expected {next}, got {args.Count})", -1) : null;
    }

    private readonly record struct Clause(char Verb, int Precision);

    private static string? Walk(string format, Func<string, Clause?, string?> step)
    {
        var at = 0;
        while (true)
        {
            var percent = format.IndexOf('%', at);
            if (percent < 0)
                return step(format[at..], null);
            if (percent + 1 >= format.Length)
                return "unexpected end of string";
            if (format[percent + 1] == '%')
            {
                if (step(format[at..(percent + 1)], null) is { } literal)
                    return literal;
                at = percent + 2;
                continue;
            }

            var text = format[at..percent];
            at = percent + 1;
            if (Parse(format, ref at, out var clause) is { } wrong)
                return "could not parse formatting clause: " + wrong;
            if (step(text, clause) is { } problem)
                return problem;
        }
    }

    private static string? Parse(string format, ref int at, out Clause clause)
    {
        clause = default;
        var precision = DefaultPrecision;
        if (format[at] == '.')
        {
            var end = at + 1;
            while (end < format.Length && char.IsAsciiDigit(format[end]))
                end++;
            if (end >= format.Length)
                return "error while parsing precision: could not find end of precision specifier";
            if (!int.TryParse(format.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out precision))
                return "error while parsing precision: error while converting precision to integer";
            if (precision > MaxPrecision)
                return $"error while parsing precision: precision {precision} exceeds maximum allowed precision {MaxPrecision}";
            at = end;
        }

        if (format[at] is not ('s' or 'd' or 'f' or 'e' or 'b' or 'x' or 'X' or 'o'))
            return $"unrecognized formatting clause \"{format[at]}\"";
        clause = new(format[at++], precision);
        return null;
    }

    private static bool Takes(char verb, CelKind kind) => verb switch
    {
        's' => kind is not (CelKind.Object or CelKind.Opaque or CelKind.Optional or CelKind.Error),
        'd' or 'o' => kind is CelKind.Int or CelKind.Uint,
        'f' or 'e' => kind is CelKind.Double or CelKind.Text,
        'b' => kind is CelKind.Int or CelKind.Uint or CelKind.Bool,
        _ => kind is CelKind.Int or CelKind.Uint or CelKind.Text or CelKind.Bytes,
    };

    private static string Complaint(char verb, string type) => verb switch
    {
        's' => $"string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given {type}",
        'd' => $"decimal clause can only be used on integers, was given {type}",
        'o' => $"octal clause can only be used on integers, was given {type}",
        'f' => $"fixed-point clause can only be used on doubles, was given {type}",
        'e' => $"scientific clause can only be used on doubles, was given {type}",
        'b' => $"only integers and bools can be formatted as binary, was given {type}",
        _ => $"only integers, byte buffers, and strings can be formatted as hex, was given {type}",
    };

    private static string? Write(StringBuilder text, CelValue value, Clause clause)
    {
        if (!Takes(clause.Verb, value.Kind) || (clause.Verb is 'f' or 'e' && value.Kind == CelKind.Text && value.AsText is not ("NaN" or "Infinity" or "-Infinity")))
            return Complaint(clause.Verb, value.TypeOf().Name);
        switch (clause.Verb)
        {
            case 's':
                return Show(text, value, isNested: false, depth: 0);
            case 'd':
                text.Append(value);
                break;
            case 'f' or 'e':
                var number = value.Kind == CelKind.Double ? value.AsDouble : ConversionFunctions.ParseDouble(value.AsText) ?? double.NaN;
                text.Append(clause.Verb == 'f' ? Fixed(number, clause.Precision) : Scientific(number, clause.Precision));
                break;
            case 'b':
                text.Append(value.Kind == CelKind.Bool ? value.AsBool ? "1" : "0" : InBase(value, 2));
                break;
            case 'o':
                text.Append(InBase(value, 8));
                break;
            default:
                var hex = value.Kind switch
                {
                    CelKind.Text => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value.AsText)),
                    CelKind.Bytes => Convert.ToHexStringLower(value.AsBytes.Span),
                    _ => InBase(value, 16),
                };
                text.Append(clause.Verb == 'X' ? hex.ToUpperInvariant() : hex);
                break;
        }

        return null;
    }

    private static string InBase(CelValue value, int radix)
    {
        var (negative, rest) = value.Kind == CelKind.Int ? (value.AsInt < 0, (ulong)Int128.Abs(value.AsInt)) : (false, value.AsUint);
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(rest % (ulong)radix)]);
            rest /= (ulong)radix;
        }
        while (rest > 0);
        return (negative ? "-" : "") + digits;
    }

    private static string Fixed(double number, int precision) =>
        Special(number) ?? number.ToString("N" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Scientific(double number, int precision)
    {
        if (Special(number) is { } special)
            return special;
        var text = number.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture).Select(d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d - '0']);
        return $"{text[..e]}\u202f×\u202f10{(exponent < 0 ? "⁻" : "")}{string.Concat(digits)}";
    }

    private static string? Special(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsPositiveInfinity(number) ? "∞" : double.IsNegativeInfinity(number) ? "-∞" : null;

    private static string? Show(StringBuilder text, CelValue value, bool isNested, int depth)
    {
        if (depth > 100)
            return "the value nests too deeply";
        switch (value.Kind)
        {
            case CelKind.List:
                text.Append('[');
                for (var i = 0; i < value.AsList.Count; i++)
                {
                    if (Show(i == 0 ? text : text.Append(", "), value.AsList[i], isNested: true, depth + 1) is { } problem)
                        return problem;
                }

                text.Append(']');
                return null;
            case CelKind.Map:
                return ShowMap(text, value.AsMap, depth);
            case CelKind.Object or CelKind.Opaque or CelKind.Optional:
                return isNested ? $"no formatting function for {value.TypeOf().Name}" : Complaint('s', value.TypeOf().Name);
        }

        if (!isNested)
        {
            text.Append(value);
            return null;
        }

        text.Append(value.Kind switch
        {
            CelKind.Text => CelText.Quote(value.AsText),
            CelKind.Bytes => "b" + CelText.Quote(value.ToString()),
            CelKind.Timestamp => $"timestamp(\"{value}\")",
            CelKind.Duration => $"duration(\"{value}\")",
            CelKind.Double => double.IsFinite(value.AsDouble) ? value.AsDouble.ToString("F6", CultureInfo.InvariantCulture) : $"\"{value}\"",
            _ => value.ToString(),
        });
        return null;
    }

    private static string? ShowMap(StringBuilder text, CelMap map, int depth)
    {
        var entries = new List<(string Key, string Value)>();
        foreach (var key in map.Keys)
        {
            var (name, shown) = (new StringBuilder(), new StringBuilder());
            if ((Show(name, key, isNested: true, depth + 1) ?? Show(shown, map.TryGet(key, out var value) ? value : default, isNested: true, depth + 1)) is { } problem)
                return problem;
            entries.Add((name.ToString(), shown.ToString()));
        }

        text.Append('{').AppendJoin(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}:{e.Value}")).Append('}');
        return null;
    }
}
