using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Http;

/// <summary>The 404 of a path that leads nowhere, with the path that may have been meant.</summary>
internal static class NoSuchPath
{
    public static ApiException Of(RequestInfo info, IReadOnlyList<ServedResource> served)
    {
        var types = served.Select(r => r.Type).ToList();
        if (!types.Any(t => t.Group == info.Group))
            return ApiException.NoSuchPath(Join($"no API group \"{info.Group}\"", DidYouMean.Hint(info.Group, types.Select(t => t.Group).Distinct())));

        var versions = types.Where(t => t.Group == info.Group).Select(t => t.Version).Distinct().ToList();
        if (!versions.Contains(info.Version))
            return ApiException.NoSuchPath($"no version \"{info.Version}\" of this group; there is {string.Join(", ", versions)}");

        if (types.FirstOrDefault(t => t.Plural == info.Resource) is { } elsewhere)
            return ApiException.NoSuchPath($"{info.Resource} are in \"{elsewhere.ApiVersion}\"");

        var here = types.Where(t => t.Group == info.Group && t.Version == info.Version).ToList();
        if (here.FirstOrDefault(t => t.Singular == info.Resource || t.Kind == info.Resource || t.ShortNames.Contains(info.Resource)) is { } named)
            return ApiException.NoSuchPath($"did you mean \"{named.Plural}\"?");

        return ApiException.NoSuchPath(Join($"no resource \"{info.Resource}\"", DidYouMean.Hint(info.Resource, here.Select(t => t.Plural))));
    }

    public static ApiException OfSubresource(RequestInfo info, ServedResource resource) => ApiException.NoSuchPath(
        Join($"{resource.Type.QualifiedPlural} have no subresource \"{info.Subresource}\"", DidYouMean.Hint(info.Subresource, resource.Subresources.Keys)));

    private static string Join(string claim, string hint) => hint.Length > 0 ? $"{claim}; {hint}" : claim;
}
