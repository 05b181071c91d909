using System.Globalization;
using System.Text;

namespace KubeSharp.ApiServer.Audit;

/// <summary>An event as one line of text (<c>--audit-log-format=legacy</c>). Pure.</summary>
internal static class EventText
{
    public static string Of(AuditEvent e)
    {
        var user = e.User is { Name.Length: > 0 } known ? known.Name : "<none>";
        var groups = e.User is { Name.Length: > 0, Groups.Count: > 0 } member ? Quoted(member.Groups) : "<none>";
        var (asUser, asGroups) = e.ImpersonatedUser is { } other ? (other.Name, Quoted(other.Groups)) : ("<self>", "<lookup>");
        var ns = e.ObjectRef is { Namespace.Length: > 0 } named ? named.Namespace : "<none>";
        var code = e.ResponseStatus is { } status ? status.Code.ToString(CultureInfo.InvariantCulture) : "<deferred>";
        var ip = e.SourceIps.Count > 0 ? e.SourceIps[0] : "<unknown>";
        return $"{Time(e.RequestReceived)} AUDIT: id={Quote(e.AuditId)} stage={Quote(AuditEvent.NameOf(e.Stage))} ip={Quote(ip)} method={Quote(e.Verb)} user={Quote(user)} groups={Quote(groups)}"
            + $" as={Quote(asUser)} asgroups={Quote(asGroups)} user-agent={Quote(e.UserAgent)} namespace={Quote(ns)} uri={Quote(e.RequestUri)} response=\"{code}\"";
    }

    private static string Quoted(IReadOnlyList<string> texts) => string.Join(",", texts.Select(Quote));

    /// <summary>RFC 3339 with as many digits as there are.</summary>
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>As Go quotes (<c>%q</c>): nothing a client sends can end the line or look like a field of its own.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                < 0x20 or 0x7f => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when IsPrinted(rune) => quoted.Append(rune.ToString()),
                <= 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPrinted(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}
