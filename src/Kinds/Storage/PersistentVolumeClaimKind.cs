using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about PersistentVolumeClaims.</summary>
internal sealed class PersistentVolumeClaimKind : Kind<PersistentVolumeClaim>
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string Size = "spec.resources.requests.storage";
    private const string AttributesClass = "spec.volumeAttributesClassName";

    private static readonly string[] ResizeStates =
        ["ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizePending", "NodeResizeInProgress", "NodeResizeInfeasible"];

    public override PersistentVolumeClaim ApplyDefaults(PersistentVolumeClaim obj) => obj with
    {
        Spec = obj.Spec with
        {
            VolumeMode = obj.Spec.VolumeMode ?? "Filesystem",
            Resources = obj.Spec.Resources with
            {
                Limits = ContainerDefaults.Rounded(obj.Spec.Resources.Limits),
                Requests = ContainerDefaults.Rounded(obj.Spec.Resources.Requests),
            },
        },
        Status = obj.Status.Phase.Length == 0 ? obj.Status with { Phase = "Pending" } : obj.Status,
    };

    public override PersistentVolumeClaim PrepareForCreate(PersistentVolumeClaim obj) =>
        obj with { Spec = ClaimOrigins.Normalize(obj.Spec, null), Status = new() { Phase = "Pending" } };

    public override PersistentVolumeClaim PrepareForUpdate(PersistentVolumeClaim old, PersistentVolumeClaim obj) =>
        obj with { Spec = ClaimOrigins.Normalize(obj.Spec, old.Spec), Status = old.Status };

    public override void Validate(PersistentVolumeClaim obj, Findings findings) => ClaimSpecRules.Validate(obj.Spec, "spec", findings);

    public override void ValidateUpdate(PersistentVolumeClaim old, PersistentVolumeClaim obj, Findings findings)
    {
        Validate(obj, findings);

        // What is written back from before origins had two fields says the same as it did.
        var before = ClaimOrigins.Normalize(old.Spec, old.Spec);
        var rest = WithoutUpdatable(old, obj, before);
        var notes = (Old: old.Metadata.Annotations.GetValueOrDefault(ClassAnnotation, ""), New: obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation, ""));
        if (!MovesClassOutOfAnnotation(old, obj) && notes.Old != notes.New)
            findings.Invalid($"metadata.annotations[{ClassAnnotation}]", notes.New, FindingRules.ImmutableField);
        if (rest != before)
            findings.Forbidden("spec", $"spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{SpecDifference.Of(before, rest)}");

        Shrinking(old, obj, findings);
        findings.Immutable("volumeMode", old.Spec.VolumeMode, obj.Spec.VolumeMode);
        if (old.Spec.VolumeAttributesClassName is not null && obj.Spec.VolumeAttributesClassName is null)
            findings.Forbidden(AttributesClass, "update from non-nil value to nil is forbidden");
        else if (old.Spec.VolumeAttributesClassName is { Length: > 0 } && obj.Spec.VolumeAttributesClassName is "")
            findings.Forbidden(AttributesClass, "update from non-nil value to an empty string is forbidden");
    }

    public override void ValidateStatusUpdate(PersistentVolumeClaim old, PersistentVolumeClaim obj, Findings findings)
    {
        Amounts("status.capacity", obj.Status.Capacity, findings);
        foreach (var (name, state) in obj.Status.AllocatedResourceStatuses.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            ResourceName("status.allocatedResourceStatus", name, findings);
            if (!ResizeStates.Contains(state))
                findings.NotSupported("status.allocatedResourceStatus", name, ResizeStates);
        }

        foreach (var name in obj.Status.AllocatedResources.Keys.Order(StringComparer.Ordinal))
            ResourceName("status.allocatedResources", name, findings);
        Amounts("status.allocatedResources", obj.Status.AllocatedResources, findings);
    }

    public override IReadOnlyList<object?> Cells(PersistentVolumeClaim obj, DateTimeOffset now)
    {
        var isBound = obj.Spec.VolumeName.Length > 0;
        return
        [
            obj.Metadata.Name,
            VolumeCells.Phase(obj.Metadata, obj.Status.Phase),
            obj.Spec.VolumeName,
            isBound && obj.Status.Capacity.TryGetValue("storage", out var size) ? size.ToString() : "",
            isBound ? VolumeCells.AccessModes(obj.Status.AccessModes) : "",
            obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation) ?? obj.Spec.StorageClassName ?? "",
            CellText.OrUnset(obj.Spec.VolumeAttributesClassName),
            Ages.Of(obj.Metadata.CreationTimestamp, now),
            obj.Spec.VolumeMode ?? CellText.Unset,
        ];
    }

    /// <summary>The new spec with the old values where change is allowed: what is left differs only where it may not.</summary>
    private static PersistentVolumeClaimSpec WithoutUpdatable(PersistentVolumeClaim old, PersistentVolumeClaim obj, PersistentVolumeClaimSpec before)
    {
        var isBound = obj.Status.Phase == "Bound";
        var (oldClass, annotated) = (old.Spec.StorageClassName, old.Metadata.Annotations.GetValueOrDefault(ClassAnnotation));
        // A claim without a class may get one once: the one it was annotated with, or any.
        var getsClass = oldClass is null && obj.Spec.StorageClassName is { } name && (annotated is null || annotated == name);
        return obj.Spec with
        {
            VolumeName = before.VolumeName.Length == 0 ? "" : obj.Spec.VolumeName,
            StorageClassName = getsClass ? oldClass : obj.Spec.StorageClassName,
            Resources = isBound && obj.Spec.Resources.Requests.Count > 0 ? Resized(obj.Spec.Resources, before.Resources) : obj.Spec.Resources,
            VolumeAttributesClassName = isBound && obj.Spec.VolumeAttributesClassName is not null ? before.VolumeAttributesClassName : obj.Spec.VolumeAttributesClassName,
        };
    }

    private static VolumeResourceRequirements Resized(VolumeResourceRequirements resources, VolumeResourceRequirements old) => resources with
    {
        Requests = new Dictionary<string, Quantity>(resources.Requests) { ["storage"] = old.Requests.GetValueOrDefault("storage") },
    };

    private static bool MovesClassOutOfAnnotation(PersistentVolumeClaim old, PersistentVolumeClaim obj) =>
        old.Metadata.Annotations.TryGetValue(ClassAnnotation, out var annotated)
        && old.Spec.StorageClassName is null
        && obj.Spec.StorageClassName == annotated
        && obj.Metadata.Annotations.GetValueOrDefault(ClassAnnotation, annotated) == annotated;

    /// <summary>A claim may be taken back to less than it asked for last, never to what it has already.</summary>
    private static void Shrinking(PersistentVolumeClaim old, PersistentVolumeClaim obj, Findings findings)
    {
        var size = obj.Spec.Resources.Requests.GetValueOrDefault("storage");
        if (size < old.Spec.Resources.Requests.GetValueOrDefault("storage") && size <= old.Status.Capacity.GetValueOrDefault("storage"))
            findings.Forbidden(Size, "field can not be less than status.capacity");
    }

    private static void Amounts(string field, IReadOnlyDictionary<string, Quantity> amounts, Findings findings)
    {
        foreach (var (name, amount) in amounts.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (amount.Sign < 0)
                findings.Invalid($"{field}[{name}]", amount.Value, "must be a valid resource quantity");
        }
    }

    private static void ResourceName(string field, string name, Findings findings)
    {
        var problems = NameRules.QualifiedName(name).ToList();
        findings.Each(field, name, problems);
        var isNative = !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);
        if (problems.Count == 0 && isNative && name != "storage")
            findings.NotOneOf(field, name, "storage");
    }
}
