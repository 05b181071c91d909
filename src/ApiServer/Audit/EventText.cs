using System.Globalization;

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
        return $"{Time(e.RequestReceived)} AUDIT: id={GoText.Quote(e.AuditId)} stage={GoText.Quote(e.Stage.ToString())} ip={GoText.Quote(ip)} method={GoText.Quote(e.Verb)} user={GoText.Quote(user)} groups={GoText.Quote(groups)}"
            + $" as={GoText.Quote(asUser)} asgroups={GoText.Quote(asGroups)} user-agent={GoText.Quote(e.UserAgent)} namespace={GoText.Quote(ns)} uri={GoText.Quote(e.RequestUri)} response=\"{code}\"";
    }

    private static string Quoted(IReadOnlyList<string> texts) => string.Join(",", texts.Select(GoText.Quote));

    /// <summary>RFC 3339 with as many digits as there are.</summary>
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
