using KubeSharp.Objects.ApiextensionsV1;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>Whether a definition in one of Kubernetes' own groups (<c>*.k8s.io</c>) shows the community's approval.</summary>
public enum Approval
{
    Missing,
    Invalid,
    Approved,
    Bypassed,
}

/// <summary>Groups of the Kubernetes community need an annotation that says who approved the API.</summary>
public static class ApprovalRules
{
    private const string Annotation = "api-approved.kubernetes.io";

    public static bool IsProtected(string group) =>
        group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);

    public static (Approval State, string Reason) Of(ObjectMeta metadata)
    {
        var text = metadata.Annotations.GetValueOrDefault(Annotation, "");
        if (text.Length == 0)
            return (Approval.Missing, $"protected groups must have approval annotation \"{Annotation}\", see https://github.com/kubernetes/enhancements/pull/1111");
        if (text.StartsWith("unapproved", StringComparison.Ordinal))
            return (Approval.Bypassed, $"not approved: \"{text}\"");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
            ? (Approval.Approved, $"approved in {text}")
            : (Approval.Invalid, $"protected groups must have approval annotation \"{Annotation}\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
    }

    internal static void Validate(CustomResourceDefinition obj, CustomResourceDefinition? old, Findings findings)
    {
        if (!IsProtected(obj.Spec.Group))
            return;

        var (state, reason) = Of(obj.Metadata);
        if (old is not null && Of(old.Metadata).State == state)
            return; // who does not touch it is not held to it

        const string Field = $"metadata.annotations[{Annotation}]";
        if (state == Approval.Missing)
            findings.Required(Field, reason);
        else if (state == Approval.Invalid)
            findings.Invalid(Field, obj.Metadata.Annotations[Annotation], reason);
    }
}
