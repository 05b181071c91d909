using System.Net;
using System.Net.Sockets;
using KubeSharp.ApiServer.InProcess;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Audit;

/// <summary>Where a request says it comes from, and at the end where it does come from: all but the last can be made up by the client.</summary>
internal static class SourceAddresses
{
    /// <summary>What upstream's own clients, which connect to their server, come from.</summary>
    private static readonly IPAddress Inside = IPAddress.IPv6Loopback;

    public static IReadOnlyList<string> Of(HttpContext context)
    {
        var headers = context.Request.Headers;
        var found = new List<IPAddress>();
        foreach (var part in First(headers["X-Forwarded-For"]).Split(','))
        {
            if (Parse(part.Trim()) is { } hop)
                found.Add(hop);
        }

        if (Parse(First(headers["X-Real-Ip"])) is { } real && !found.Contains(real))
            found.Add(real);

        var remote = context.Connection.RemoteIpAddress is { } peer ? Plain(peer)
            : context.Features.Get<InProcessIdentity>() is not null ? Inside : null;
        if (remote is not null && (found.Count == 0 || !found[^1].Equals(remote)))
            found.Add(remote);
        return [.. found.Select(a => a.ToString())];
    }

    private static string First(Microsoft.Extensions.Primitives.StringValues values) => values is [{ } first, ..] ? first : "";

    /// <summary>Four decimal numbers or an IPv6 address without a zone, as Go reads one; .NET would take "1" or octal numbers, too.</summary>
    private static IPAddress? Parse(string text)
    {
        if (text.Length == 0 || text.Contains('%', StringComparison.Ordinal))
            return null;
        if (text.Contains(':', StringComparison.Ordinal))
            return !text.Contains('[', StringComparison.Ordinal) && IPAddress.TryParse(text, out var six) ? Plain(six) : null;

        var parts = text.Split('.');
        var bytes = new byte[4];
        if (parts.Length != bytes.Length)
            return null;

        for (var i = 0; i < bytes.Length; i++)
        {
            if (parts[i].Length == 0 || !parts[i].All(char.IsAsciiDigit) || !byte.TryParse(parts[i], out bytes[i]))
                return null;
        }

        return new(bytes);
    }

    private static IPAddress Plain(IPAddress address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } => new(address.GetAddressBytes()),
        _ => address,
    };
}
