using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Authentication;

/// <summary>The headers in which a front proxy says who asks, under upstream's names. Pure.</summary>
public static class RequestHeaders
{
    public const string User = "X-Remote-User";
    public const string Uid = "X-Remote-Uid";
    public const string Group = "X-Remote-Group";
    public const string ExtraPrefix = "X-Remote-Extra-";

    private const string Token = "!#$&'*+-.^_`|~";

    /// <summary>Whether a header is one of them.</summary>
    public static bool AreClaims(string header) =>
        header.Equals(User, StringComparison.OrdinalIgnoreCase) || header.Equals(Uid, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Group, StringComparison.OrdinalIgnoreCase) || header.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The headers that tell another server who asks; a group each has its own.</summary>
    /// <exception cref="ApiException">A name with a line break cannot be told.</exception>
    public static IReadOnlyList<(string Name, string Value)> Of(Identity user)
    {
        var headers = new List<(string Name, string Value)> { (User, user.Name) };
        if (user.Uid.Length > 0)
            headers.Add((Uid, user.Uid));
        headers.AddRange(user.Groups.Select(g => (Group, g)));
        headers.AddRange(user.Extra.SelectMany(e => e.Value.Select(v => (ExtraPrefix + Escape(e.Key), v))));

        // Written as they are: a line break would begin a header of the user's own making.
        return headers.Exists(h => h.Value.AsSpan().ContainsAny('\r', '\n', '\0'))
            ? throw ApiException.BadRequest("the name, uid, groups or extra of the user cannot be told to another server: they have control characters")
            : headers;
    }

    /// <summary>The extra facts in the headers with this prefix: keys in small letters, escapes undone.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> ReadExtra(IHeaderDictionary headers, string prefix) => headers
        .Where(h => h.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        .GroupBy(h => Uri.UnescapeDataString(h.Key[prefix.Length..].ToLowerInvariant()), h => h.Value)
        .ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g.SelectMany(v => v).OfType<string>()]);

    private static string Escape(string key)
    {
        var escaped = new StringBuilder(key.Length);
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || Token.Contains((char)b, StringComparison.Ordinal))
                escaped.Append((char)b);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return escaped.ToString();
    }
}
