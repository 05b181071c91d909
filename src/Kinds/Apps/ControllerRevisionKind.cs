using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AppsV1;

namespace KubeSharp.Kinds.Apps;

/// <summary>A snapshot of what a StatefulSet or DaemonSet looked like; it never changes but for its number.</summary>
internal sealed class ControllerRevisionKind : Kind<ControllerRevision>
{
    public override void Validate(ControllerRevision obj, Findings findings)
    {
        if (IsNone(obj))
            findings.Required("data", "data is mandatory");
        findings.NonNegative("revision", obj.Revision);
    }

    public override void ValidateUpdate(ControllerRevision old, ControllerRevision obj, Findings findings)
    {
        Validate(obj, findings);
        if (!old.Data.Bytes.Span.SequenceEqual(obj.Data.Bytes.Span))
            findings.Invalid("data", System.Text.Encoding.UTF8.GetString(obj.Data.Bytes.Span), FindingRules.ImmutableField);
    }

    public override IReadOnlyList<object?> Cells(ControllerRevision obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        Owner(obj) ?? PodTemplateCells.None,
        obj.Revision,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static bool IsNone(ControllerRevision obj) => obj.Data.IsEmpty || obj.Data.Bytes.Span.SequenceEqual("null"u8);

    /// <summary><c>daemonset.apps/ds</c></summary>
    private static string? Owner(ControllerRevision obj)
    {
        if (obj.Metadata.Controller() is not { } owner)
            return null;

        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var kind = owner.Kind.ToLowerInvariant();
        return slash < 0 ? $"{kind}/{owner.Name}" : $"{kind}.{owner.ApiVersion[..slash]}/{owner.Name}";
    }
}
