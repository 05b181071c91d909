using System.Text.RegularExpressions;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary><c>matches</c>, and Kubernetes' <c>find</c> and <c>findAll</c>.</summary>
internal static class RegexFunctions
{
    private delegate CelValue Apply(Regex regex, ReadOnlySpan<CelValue> args);

    public static void AddTo(Declarations d)
    {
        d.Member("find", "string_find_string", [Text, Text], Text, args => Compiled(args, Find));
        d.Member("findAll", "string_find_all_string", [Text, Text], List(Text), args => Compiled(args, FindAll));
        d.Member("findAll", "string_find_all_string_int", [Text, Text, Int], List(Text), args => Compiled(args, FindAll));
    }

    public static CelValue Matches(ReadOnlySpan<CelValue> args) => Compiled(args, Match);

    /// <summary>Compiles a pattern that is a literal once and for all.</summary>
    public static CelOverload Prepare(CelOverload overload, Node[] args)
    {
        Apply? apply = overload.Function switch { "matches" => Match, "find" => Find, "findAll" => FindAll, _ => null };
        if (apply is null || args.Length < 2 || args[1] is not ConstantNode { Value: { Kind: CelKind.Text } pattern })
            return overload;
        return Re2Pattern.Compile(pattern.AsText, out _) is { } regex ? overload with { Invoke = values => apply(regex, values) } : overload;
    }

    private static CelValue Compiled(ReadOnlySpan<CelValue> args, Apply apply) =>
        Re2Pattern.Compile(args[1].AsText, out var problem) is { } regex ? apply(regex, args) : CelValue.Error(problem);

    private static CelValue Match(Regex regex, ReadOnlySpan<CelValue> args) => CelValue.Of(regex.IsMatch(args[0].AsText));

    private static CelValue Find(Regex regex, ReadOnlySpan<CelValue> args)
    {
        foreach (var match in regex.EnumerateMatches(args[0].AsText))
            return CelValue.Of(args[0].AsText.Substring(match.Index, match.Length));
        return CelValue.Of("");
    }

    private static CelValue FindAll(Regex regex, ReadOnlySpan<CelValue> args)
    {
        var text = args[0].AsText;
        var max = args.Length == 3 ? args[2].AsInt : -1;
        var found = new List<CelValue>();
        foreach (var match in regex.EnumerateMatches(text))
        {
            if (max >= 0 && found.Count >= max)
                break;
            found.Add(CelValue.Of(text.Substring(match.Index, match.Length)));
        }

        return CelValue.Of(CelList.Of(found));
    }
}
