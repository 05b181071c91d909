using System.Globalization;
using System.Text;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' URLs, read as Go's net/url reads request URIs.</summary>
internal static class UrlLibrary
{
    private static readonly CelType Type = Opaque("kubernetes.URL");

    public static void AddTo(Declarations d)
    {
        d.AddType(Type);
        d.Function("url", "string_to_url", [Text], Type, a => ParseUri(a[0].AsText, out var problem) is { } url ? CelValue.Of(url) : CelValue.Error($"URL parse error during conversion from string: {problem}"));
        d.Function("isURL", "is_url_string", [Text], Bool, a => CelValue.Of(ParseUri(a[0].AsText, out _) is not null));
        Part(d, "getScheme", "url_get_scheme", u => u.Scheme);
        Part(d, "getHost", "url_get_host", u => u.Host);
        Part(d, "getHostname", "url_get_hostname", u => u.Hostname);
        Part(d, "getPort", "url_get_port", u => u.Port);
        Part(d, "getEscapedPath", "url_get_escaped_path", u => u.Path);
        d.Member("getQuery", "url_get_query", [Type], Map(Text, List(Text)), a => ((Url)a[0].AsOpaque).Query());
    }

    /// <returns><see langword="null"/> and the problem if the text is no request URI: neither absolute nor a path.</returns>
    public static CelOpaque? ParseUri(string text, out string problem)
    {
        problem = "";
        if (text.Length == 0)
            return Fail("empty url", out problem);
        if (text.Any(c => c < ' ' || c == 127))
            return Fail("net/url: invalid control character in URL", out problem);

        var rest = text;
        var scheme = Scheme(ref rest);
        if (scheme is null)
            return Fail(rest.StartsWith(':') ? "missing protocol scheme" : "first path segment in URL cannot contain colon", out problem);
        var hash = rest.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
            rest = rest[..hash];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        if (question >= 0)
            rest = rest[..question];
        if (!rest.StartsWith('/'))
            return scheme.Length > 0 ? new Url(text, scheme, "", "", query) : Fail("invalid URI for request", out problem);

        var authority = "";
        if (rest.StartsWith("//", StringComparison.Ordinal) && (scheme.Length > 0 || !rest.StartsWith("///", StringComparison.Ordinal)) && scheme.Length > 0)
        {
            var slash = rest.IndexOf('/', 2);
            authority = slash < 0 ? rest[2..] : rest[2..slash];
            rest = slash < 0 ? "" : rest[slash..];
        }

        var at = authority.LastIndexOf('@');
        var host = authority[(at + 1)..];
        if (!IsHost(host, out var complaint))
            return Fail(complaint, out problem);
        if (!AreEscapesValid(rest, out complaint))
            return Fail(complaint, out problem);
        return new Url(text, scheme, host, Escaped(rest), query);

        Url? Fail(string why, out string message)
        {
            message = $"parse {CelText.Quote(text)}: {why}";
            return null;
        }
    }

    /// <returns>Empty if there is none, <see langword="null"/> if a colon stands where it must not.</returns>
    private static string? Scheme(ref string rest)
    {
        for (var i = 0; i < rest.Length; i++)
        {
            var c = rest[i];
            if (char.IsAsciiLetter(c) || (i > 0 && (char.IsAsciiDigit(c) || c is '+' or '-' or '.')))
                continue;
            if (c != ':')
                return "";
            if (i == 0)
                return null;
            var scheme = rest[..i].ToLowerInvariant();
            rest = rest[(i + 1)..];
            return scheme;
        }

        return "";
    }

    private static bool IsHost(string host, out string problem)
    {
        problem = "";
        var port = host;
        if (host.StartsWith('['))
        {
            var end = host.LastIndexOf(']');
            problem = "missing ']' in host";
            if (end < 0)
                return false;
            port = host[(end + 1)..];
        }
        else
            port = host.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? host[colon..] : "";

        problem = $"invalid port {CelText.Quote(port)} after host";
        if (port.Length > 0 && (port[0] != ':' || !port.AsSpan(1).ToString().All(char.IsAsciiDigit)))
            return false;
        foreach (var c in host)
        {
            if (c is ' ' or '<' or '>' or '"' or '\\' or '^' or '`' or '{' or '}' or '|')
            {
                problem = $"invalid character {CelText.Quote(c.ToString())} in host name";
                return false;
            }
        }

        return AreEscapesValid(host, out problem);
    }

    private static bool AreEscapesValid(string text, out string problem)
    {
        problem = "";
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
                continue;
            problem = $"invalid URL escape {CelText.Quote(text[i..Math.Min(i + 3, text.Length)])}";
            return false;
        }

        return true;
    }

    /// <summary>The path as given if it is a valid encoding; otherwise encoded.</summary>
    private static string Escaped(string path)
    {
        var text = new StringBuilder(path.Length);
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || "-_.~!$&'()*+,;=:@[]/%".Contains((char)rune.Value, StringComparison.Ordinal)))
                text.Append((char)rune.Value);
            else
                text.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }

    private static void Part(Declarations d, string name, string id, Func<Url, string> part) =>
        d.Member(name, id, [Type], Text, a => CelValue.Of(part((Url)a[0].AsOpaque)));

    private sealed class Url(string text, string scheme, string host, string path, string query) : CelOpaque
    {
        public override CelType Type => UrlLibrary.Type;

        public override string Text => text;

        public string Scheme => scheme;

        public string Host => host;

        public string Path => path;

        public string Port => Colon is >= 0 and var colon ? host[(colon + 1)..] : "";

        public string Hostname
        {
            get
            {
                var name = Colon is >= 0 and var colon ? host[..colon] : host;
                return name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
            }
        }

        private int Colon => host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']') ? colon : -1;

        public override bool IsEqual(CelOpaque other) => text == other.Text;

        public CelValue Query()
        {
            var values = new Dictionary<string, List<CelValue>>(StringComparer.Ordinal);
            foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                var key = equals < 0 ? pair : pair[..equals];
                if (pair.Contains(';', StringComparison.Ordinal) || !AreEscapesValid(pair, out _))
                    continue;
                key = Decoded(key);
                if (!values.TryGetValue(key, out var list))
                    values[key] = list = [];
                list.Add(CelValue.Of(equals < 0 ? "" : Decoded(pair[(equals + 1)..])));
            }

            return CelValue.Of(CelMap.Of(values.Select(v => KeyValuePair.Create(CelValue.Of(v.Key), CelValue.Of(CelList.Of(v.Value))))));
        }

        private static string Decoded(string part)
        {
            var bytes = new List<byte>(part.Length);
            for (var i = 0; i < part.Length; i++)
            {
                if (part[i] == '%')
                {
                    bytes.Add(byte.Parse(part.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                }
                else if (part[i] == '+')
                    bytes.Add((byte)' ');
                else
                    bytes.AddRange(Encoding.UTF8.GetBytes(part, i, char.IsHighSurrogate(part[i]) && i + 1 < part.Length ? 2 : 1));
                if (i < part.Length && char.IsHighSurrogate(part[i]))
                    i++;
            }

            return Encoding.UTF8.GetString([.. bytes]);
        }
    }
}
