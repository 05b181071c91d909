using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.Streams;

/// <summary>The headers that end at each hop (RFC 9110, 7.6.1), and those that are for this server only.</summary>
internal static class Hop
{
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
        "Authorization", // a backend must never see what proves a user to us
    };

    /// <summary>Who somebody is, is said by this server alone: the client's own claims (<c>X-Remote-User</c> and its like) end here.</summary>
    public static bool IsPassedOn(string header) =>
        !Own.Contains(header) && !header.StartsWith(':') && !header.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase)
        && !RequestHeaders.AreClaims(header);
}
