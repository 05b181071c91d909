using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about VolumeAttachments.</summary>
internal sealed class VolumeAttachmentKind : Kind<VolumeAttachment>
{
    private const int MaxMetadata = 256 * 1024;
    private const int MaxMessage = 1024;
    private const string ExactlyOne = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";

    public override bool UpdatesUnconditionally => false;

    public override VolumeAttachment ApplyDefaults(VolumeAttachment obj) => obj.Spec.Source.InlineVolumeSpec is { } inline
        ? obj with { Spec = obj.Spec with { Source = obj.Spec.Source with { InlineVolumeSpec = PersistentVolumeDefaults.Apply(inline) } } }
        : obj;

    public override void Validate(VolumeAttachment obj, Findings findings)
    {
        Common(obj, findings);
        findings.DriverName("spec.attacher", obj.Spec.Attacher);
        if (obj.Spec.Source.PersistentVolumeName is { } volume)
            findings.Each("spec.source.persistentVolumeName", volume, NameRules.Dns1123Subdomain(volume));
    }

    public override void ValidateUpdate(VolumeAttachment old, VolumeAttachment obj, Findings findings)
    {
        Common(obj, findings);
        findings.Immutable("spec", old.Spec, obj.Spec);
    }

    public override void ValidateStatusUpdate(VolumeAttachment old, VolumeAttachment obj, Findings findings) => Status(obj.Status, findings);

    public override IReadOnlyList<object?> Cells(VolumeAttachment obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Attacher,
        obj.Spec.Source.PersistentVolumeName ?? "",
        obj.Spec.NodeName,
        obj.Status.Attached,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static void Common(VolumeAttachment obj, Findings findings)
    {
        findings.Present("spec.attacher", obj.Spec.Attacher);
        Source(obj.Spec.Source, "spec.source", findings);
        findings.Each("spec.nodeName", obj.Spec.NodeName, NameRules.Dns1123Subdomain(obj.Spec.NodeName));
        Status(obj.Status, findings);
    }

    private static void Source(VolumeAttachmentSource source, string field, Findings findings)
    {
        switch (source)
        {
            case { InlineVolumeSpec: null, PersistentVolumeName: null }:
                findings.Required(field, ExactlyOne);
                break;
            case { InlineVolumeSpec: not null, PersistentVolumeName: not null }:
                findings.Forbidden(field, ExactlyOne);
                break;
            case { InlineVolumeSpec: { } inline }:
                PersistentVolumeRules.ValidateInline(inline, $"{field}.inlineVolumeSpec", findings);
                break;
            default:
                findings.Present($"{field}.persistentVolumeName", source.PersistentVolumeName, "must specify non empty persistentVolumeName");
                break;
        }
    }

    private static void Status(VolumeAttachmentStatus status, Findings findings)
    {
        if (status.AttachmentMetadata.Sum(m => (long)m.Key.Length + m.Value.Length) > MaxMetadata)
            findings.TooLong("status.attachmentMetadata", MaxMetadata);
        Error(status.AttachError, "status.attachError", findings);
        Error(status.DetachError, "status.detachError", findings);
    }

    private static void Error(VolumeError? error, string field, Findings findings)
    {
        if (error?.Message.Length > MaxMessage)
            findings.TooLong($"{field}.message", MaxMetadata);
        findings.InRange($"{field}.errorCode", error?.ErrorCode, 0, int.MaxValue);
    }
}
