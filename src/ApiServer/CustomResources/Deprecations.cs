using KubeSharp.ApiServer.Discovery;
using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>What users of a deprecated version are told.</summary>
internal static class Deprecations
{
    public static string? Warning(CustomResourceDefinitionSpec spec, CustomResourceDefinitionVersion version)
    {
        if (!version.Deprecated)
            return null;
        if (version.DeprecationWarning is { } own)
            return own;

        var (group, kind) = (spec.Group, spec.Names.Kind);
        var better = spec.Versions.Where(v => v.Served && !v.Deprecated && VersionOrder.Comparer.Compare(v.Name, version.Name) < 0)
            .Select(v => v.Name).Order(VersionOrder.Comparer).FirstOrDefault();
        return $"{group}/{version.Name} {kind} is deprecated{(better is null ? "" : $"; use {group}/{better} {kind}")}";
    }
}
