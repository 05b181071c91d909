using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The paths by which the scale subresource finds its numbers.</summary>
internal static class SubresourceRules
{
    public static void Validate(CustomResourceSubresources? subresources, string field, Findings findings)
    {
        if (subresources?.Scale is not { } scale)
            return;

        Path(scale.SpecReplicasPath, field + ".scale.specReplicasPath", "should be a json path under .spec", ".spec.");
        Path(scale.StatusReplicasPath, field + ".scale.statusReplicasPath", "should be a json path under .status", ".status.");
        if (scale.LabelSelectorPath is { Length: > 0 } selector)
            Path(selector, field + ".scale.labelSelectorPath", "should be a json path under either .spec or .status", ".spec.", ".status.");

        void Path(string path, string place, string why, params string[] roots)
        {
            if (path.Length == 0)
                findings.Required(place);
            else if (!path.StartsWith('.'))
                findings.Invalid(place, path, ColumnRules.NotSimple);
            else if (!Array.Exists(roots, r => path.StartsWith(r, StringComparison.Ordinal)))
                findings.Invalid(place, path, why);
        }
    }
}
