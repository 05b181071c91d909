using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.Kinds.Storage;

/// <summary>All the API server knows about CSIDrivers.</summary>
internal sealed class CSIDriverKind : Kind<CSIDriver>
{
    private const long TenMinutes = 600;
    private const long MaxSeconds = 1L << 32;

    public override bool UpdatesUnconditionally => false;

    public override CSIDriver ApplyDefaults(CSIDriver obj)
    {
        var spec = obj.Spec;
        return obj with
        {
            Spec = spec with
            {
                AttachRequired = spec.AttachRequired ?? true,
                PodInfoOnMount = spec.PodInfoOnMount ?? false,
                StorageCapacity = spec.StorageCapacity ?? false,
                FsGroupPolicy = spec.FsGroupPolicy ?? "ReadWriteOnceWithFSType",
                VolumeLifecycleModes = spec.VolumeLifecycleModes.Count > 0 ? spec.VolumeLifecycleModes : ["Persistent"],
                RequiresRepublish = spec.RequiresRepublish ?? false,
                SeLinuxMount = spec.SeLinuxMount ?? false,
            },
        };
    }

    public override void Validate(CSIDriver obj, Findings findings)
    {
        var spec = obj.Spec;
        // Not a slip of ours: the field is attachRequired, the path says attachedRequired.
        Present("spec.attachedRequired", spec.AttachRequired, findings);
        Present("spec.podInfoOnMount", spec.PodInfoOnMount, findings);
        Present("spec.storageCapacity", spec.StorageCapacity, findings);
        if (spec.FsGroupPolicy is not (null or "ReadWriteOnceWithFSType" or "File" or "None"))
            findings.NotSupported("spec.fsGroupPolicy", spec.FsGroupPolicy, "ReadWriteOnceWithFSType", "File", "None");
        Tokens(spec.TokenRequests, "spec.tokenRequests", findings);
        foreach (var mode in spec.VolumeLifecycleModes.Where(m => m is not ("Persistent" or "Ephemeral")))
            findings.NotOneOf("spec.volumeLifecycleModes", mode, "Persistent", "Ephemeral");
        Present("spec.seLinuxMount", spec.SeLinuxMount, findings);
        if (spec.NodeAllocatableUpdatePeriodSeconds < 10)
            findings.Invalid("spec.nodeAllocatableUpdatePeriodSeconds", spec.NodeAllocatableUpdatePeriodSeconds, "must be greater than or equal to 10 seconds");
    }

    public override void ValidateUpdate(CSIDriver old, CSIDriver obj, Findings findings)
    {
        Validate(obj, findings);
        findings.Immutable("spec.attachedRequired", old.Spec.AttachRequired, obj.Spec.AttachRequired);
        if (!old.Spec.VolumeLifecycleModes.SequenceEqual(obj.Spec.VolumeLifecycleModes))
            findings.Invalid("spec.volumeLifecycleModes", obj.Spec.VolumeLifecycleModes, FindingRules.ImmutableField);
    }

    public override IReadOnlyList<object?> Cells(CSIDriver obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.AttachRequired ?? true,
        obj.Spec.PodInfoOnMount ?? false,
        obj.Spec.StorageCapacity ?? false,
        CellText.OrUnset(string.Join(',', obj.Spec.TokenRequests.Select(t => t.Audience))),
        obj.Spec.RequiresRepublish ?? false,
        CellText.OrNone(string.Join(',', obj.Spec.VolumeLifecycleModes)),
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];

    private static void Present(string field, bool? value, Findings findings)
    {
        if (value is null)
            findings.Required(field);
    }

    private static void Tokens(IReadOnlyList<TokenRequest> tokens, string field, Findings findings)
    {
        var audiences = new HashSet<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!audiences.Add(tokens[i].Audience))
                findings.Duplicate($"{field}[{i}].audience", tokens[i].Audience);
            else if (tokens[i].ExpirationSeconds < TenMinutes)
                findings.Invalid($"{field}[{i}].expirationSeconds", tokens[i].ExpirationSeconds, "may not specify a duration less than 10 minutes");
            else if (tokens[i].ExpirationSeconds > MaxSeconds)
                findings.Invalid($"{field}[{i}].expirationSeconds", tokens[i].ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        }
    }
}
