namespace KubeSharp.Kinds.Rules;

/// <summary>Checks that many fields share; each writes what it finds under the field's path.</summary>
internal static class FindingRules
{
    public const string ImmutableField = "field is immutable";

    /// <summary>One finding a problem, as the name rules yield them.</summary>
    public static void Each(this Findings findings, string field, object? value, IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            findings.Invalid(field, value, problem);
    }

    public static void Present(this Findings findings, string field, string? value, string why = "")
    {
        if (string.IsNullOrEmpty(value))
            findings.Required(field, why);
    }

    /// <summary>A required name that becomes a part of a path.</summary>
    public static void PathSegment(this Findings findings, string field, string value, string why = "")
    {
        if (value.Length == 0)
            findings.Required(field, why);
        else
            findings.Each(field, value, NameRules.PathSegment(value));
    }

    public static void NonNegative(this Findings findings, string field, Quantity? value)
    {
        if (value is { Sign: < 0 } amount)
            findings.Invalid(field, amount, "must be greater than or equal to 0");
    }

    public static void NonNegative(this Findings findings, string field, long? value)
    {
        if (value < 0)
            findings.Invalid(field, value, "must be greater than or equal to 0");
    }

    public static void InRange(this Findings findings, string field, long? value, long min, long max)
    {
        if (value is { } number && (number < min || number > max))
            findings.Invalid(field, number, $"must be between {min} and {max}, inclusive");
    }

    /// <summary>A required value out of a list.</summary>
    public static void OneOf(this Findings findings, string field, string value, params ReadOnlySpan<string> inOrder)
    {
        if (value.Length == 0)
            findings.Required(field);
        else if (!inOrder.Contains(value))
            findings.NotOneOf(field, value, inOrder.ToArray());
    }

    /// <summary>An optional value out of a list; <see langword="null"/> passes.</summary>
    public static void OptionalOneOf(this Findings findings, string field, string? value, params ReadOnlySpan<string> inOrder)
    {
        if (value is not null && !inOrder.Contains(value))
            findings.NotOneOf(field, value, inOrder.ToArray());
    }

    /// <summary>Files' permission bits.</summary>
    public static void FileMode(this Findings findings, string field, int? mode)
    {
        if (mode is < 0 or > 511)
            findings.Invalid(field, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }

    public static void Labels(this Findings findings, string field, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            findings.Each(field, key, NameRules.QualifiedName(key));
            findings.Each(field, value, NameRules.LabelValue(value));
        }
    }

    public static void Immutable(this Findings findings, string field, object? old, object? value)
    {
        if (!Equals(old, value))
            findings.Invalid(field, value, ImmutableField);
    }

    /// <summary>Whether two maps say the same.</summary>
    public static bool IsLike(this IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(p => other.TryGetValue(p.Key, out var value) && value == p.Value);

    /// <summary>A count, or a percentage such as <c>25%</c>.</summary>
    public static void CountOrPercent(this Findings findings, string field, IntOrString? value)
    {
        if (value is not { } either)
            return;

        if (either.IsInt)
            findings.NonNegative(field, either.Number);
        else if (!IsPercent(either))
            findings.Invalid(field, either, NameRules.RegexError("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%"));
    }

    public static void AtMost100Percent(this Findings findings, string field, IntOrString? value)
    {
        if (value is { } either && IsPercent(either) && either.Scaled(100, roundsUp: false) > 100)
            findings.Invalid(field, either, "must not be greater than 100%");
    }

    public static bool IsZero(this IntOrString value) => value.IsInt ? value.Number == 0 : value.Scaled(100, roundsUp: false) == 0;

    private static bool IsPercent(IntOrString value) => !value.IsInt && value.Text.Length > 1 && value.Text[^1] == '%' && value.Text[..^1].All(char.IsAsciiDigit);
}
