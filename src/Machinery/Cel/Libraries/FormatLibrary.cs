using System.Collections.Frozen;
using System.Text.RegularExpressions;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' named formats: <c>format.dns1123Label().validate(text)</c>.</summary>
internal static partial class FormatLibrary
{
    private static readonly CelType Type = Opaque("kubernetes.NamedFormat");

    private static readonly FrozenDictionary<string, Format> All = new Format[]
    {
        new("dns1123Label", 30, NameRules.Dns1123Label),
        new("dns1123Subdomain", 60, NameRules.Dns1123Subdomain),
        new("dns1035Label", 30, NameRules.Dns1035Label),
        new("qualifiedName", 60, NameRules.QualifiedName),
        new("dns1123LabelPrefix", 30, text => NameRules.Dns1123Label(WithoutDash(text))),
        new("dns1123SubdomainPrefix", 60, text => NameRules.Dns1123Subdomain(WithoutDash(text))),
        new("dns1035LabelPrefix", 30, text => NameRules.Dns1035Label(WithoutDash(text))),
        new("labelValue", 40, NameRules.LabelValue),
        new("uri", 1103, text => UrlLibrary.ParseUri(text, out var problem) is null ? [problem] : []),
        new("uuid", 96, text => Uuid().IsMatch(text) ? [] : ["does not match the UUID format"]),
        new("byte", 84, text => text.Length > 0 && Base64().IsMatch(text) ? [] : ["invalid base64"]),
        new("date", 72, text => text.Length == 10 && CelTimestamp.TryParse(text + "T00:00:00Z", out _) ? [] : ["invalid date"]),
        new("datetime", 72, text => CelTimestamp.TryParse(text.Replace(' ', 'T').ToUpperInvariant(), out _) ? [] : ["invalid datetime"]),
    }.ToFrozenDictionary(f => f.Text, StringComparer.Ordinal);

    public static void AddTo(Declarations d)
    {
        d.AddType(Type);
        foreach (var format in All.Values)
            d.Function("format." + format.Text, "format." + format.Text, [], Type, _ => CelValue.Of(format));
        d.Function("format.named", "format-named", [Text], Optional(Type), a => All.TryGetValue(a[0].AsText, out var format) ? CelValue.Some(CelValue.Of(format)) : CelValue.None);
        d.Member("validate", "format-validate", [Type, Text], Optional(List(Text)), a => Validate((Format)a[0].AsOpaque, a[1].AsText));
    }

    /// <summary>The length of the pattern, for the cost of validating with it.</summary>
    public static ulong PatternSize(CelValue format) => ((Format)format.AsOpaque).PatternSize;

    private static CelValue Validate(Format format, string text)
    {
        var problems = format.Validate(text).ToList();
        return problems.Count == 0 ? CelValue.None : CelValue.Some(CelValue.Of(CelList.OfTexts(problems)));
    }

    /// <summary>A prefix of a name may end with a dash.</summary>
    private static string WithoutDash(string text) => text.Length > 1 && text.EndsWith('-') ? text[..^2] + "a" : text;

    [GeneratedRegex(@"^(?i:[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Base64();

    private sealed class Format(string name, ulong patternSize, Func<string, IEnumerable<string>> validate) : CelOpaque
    {
        public ulong PatternSize { get; } = patternSize;

        public Func<string, IEnumerable<string>> Validate { get; } = validate;

        public override CelType Type => FormatLibrary.Type;

        public override string Text => name;

        public override bool IsEqual(CelOpaque other) => name == other.Text;
    }
}
