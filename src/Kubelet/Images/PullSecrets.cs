using System.Text;
using System.Text.Json;
using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Images;

/// <summary>The credentials that a pod's pull secrets hold; pure.</summary>
internal static class PullSecrets
{
    private const string DockerHub = "docker.io";

    /// <summary>Those that fit the image, the most specific first.</summary>
    public static IReadOnlyList<AuthConfig> For(ImageName image, IEnumerable<Secret> secrets) =>
    [
        .. secrets.SelectMany(Entries)
            .Where(e => Fits(e.Key, image))
            .OrderByDescending(e => e.Key, StringComparer.Ordinal) // upstream's order: of two prefixes the longer one first
            .Select(e => e.Value),
    ];

    private static IEnumerable<KeyValuePair<string, AuthConfig>> Entries(Secret secret)
    {
        var (key, isNested) = secret.Type == "kubernetes.io/dockercfg" ? (".dockercfg", false) : (".dockerconfigjson", true);
        if (!secret.Data.TryGetValue(key, out var bytes))
            return [];

        try
        {
            using var document = JsonDocument.Parse(bytes);
            var auths = document.RootElement;
            if (isNested && !auths.TryGetProperty("auths", out auths))
                return [];

            return [.. auths.EnumerateObject().Select(p => KeyValuePair.Create(Place(p.Name), Auth(p.Value)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return []; // as upstream: what cannot be read holds no credentials
        }
    }

    /// <summary><c>https://index.docker.io/v1/</c> -> <c>docker.io</c></summary>
    private static string Place(string key)
    {
        var place = key[(key.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].TrimEnd('/');
        foreach (var version in (string[])["/v1", "/v2"])
        {
            if (place.EndsWith(version, StringComparison.Ordinal))
                place = place[..^version.Length];
        }

        return place is "index.docker.io" or "registry-1.docker.io" ? DockerHub : place;
    }

    /// <summary>Hosts by parts, each of which may have stars; then the path's beginning.</summary>
    private static bool Fits(string place, ImageName image)
    {
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var (host, path) = slash < 0 ? (place, "") : (place[..slash], place[(slash + 1)..]);
        var wanted = host.Split('.');
        var parts = (image.Registry == "index.docker.io" ? DockerHub : image.Registry).Split('.');
        return wanted.Length == parts.Length
            && wanted.Zip(parts).All(p => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(p.First, p.Second, ignoreCase: false))
            && image.Repository.StartsWith(path, StringComparison.Ordinal);
    }

    private static AuthConfig Auth(JsonElement entry)
    {
        var auth = new AuthConfig { Username = Text("username"), Password = Text("password"), IdentityToken = Text("identitytoken") };
        if (Text("auth") is { Length: > 0 } encoded)
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded)).Split(':', 2);
            if (pair.Length == 2)
                (auth.Username, auth.Password) = (pair[0], pair[1]);
        }

        return auth;

        string Text(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }
}
