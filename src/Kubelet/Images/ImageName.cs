namespace KubeSharp.Kubelet.Images;

/// <summary>A reference to an image, taken apart: <c>registry/repository:tag</c> or <c>…@sha256:…</c>.</summary>
/// <param name="Registry">Docker's, if the name has none.</param>
/// <param name="Tag"><c>latest</c> if there is neither tag nor digest; empty beside a digest.</param>
internal sealed record ImageName(string Registry, string Repository, string Tag, string Digest)
{
    private const string DockerHub = "docker.io";

    /// <returns><see langword="null"/> if this is no image reference.</returns>
    public static ImageName? Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (name, digest) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
        var colon = name.LastIndexOf(':');
        var (path, tag) = colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "");
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var isHost = slash > 0 && (path[..slash].AsSpan().ContainsAny('.', ':') || path[..slash] == "localhost");
        var (registry, repository) = isHost ? (path[..slash], path[(slash + 1)..]) : (DockerHub, path);
        if (registry == DockerHub && !repository.Contains('/', StringComparison.Ordinal))
            repository = "library/" + repository;

        var isGood = repository.Split('/').All(IsPart) && (tag.Length == 0 || IsTag(tag)) && (colon <= name.LastIndexOf('/') || tag.Length > 0)
            && (at < 0 || IsDigest(digest));
        return isGood ? new(registry, repository, tag.Length == 0 && digest.Length == 0 ? "latest" : tag, digest) : null;
    }

    public override string ToString() =>
        $"{Registry}/{Repository}{(Tag.Length > 0 ? ":" + Tag : "")}{(Digest.Length > 0 ? "@" + Digest : "")}";

    private static bool IsPart(string part) =>
        part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1])
        && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    private static bool IsTag(string tag) =>
        tag.Length <= 128 && (char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_') && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsDigest(string digest) =>
        digest.Split(':') is [{ Length: > 0 }, { Length: >= 32 } hex] && hex.All(char.IsAsciiHexDigitLower);
}
