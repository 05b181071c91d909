using KubeSharp.Kinds.Pods;
using KubeSharp.Kinds.Rules;
using ResourceClaim = KubeSharp.Objects.ResourceV1.ResourceClaim;
using ResourceClaimStatus = KubeSharp.Objects.ResourceV1.ResourceClaimStatus;

namespace KubeSharp.Kinds.Devices;

/// <summary>All the API server knows about ResourceClaims.</summary>
internal sealed class ResourceClaimKind : Kind<ResourceClaim>
{
    public override ResourceClaim ApplyDefaults(ResourceClaim obj) => obj with
    {
        Spec = DeviceClaimDefaults.Apply(obj.Spec),
        Status = obj.Status.Allocation is { Devices: { } devices } allocation
            ? obj.Status with
            {
                Allocation = allocation with
                {
                    Devices = devices with { Results = devices.Results.Each(r => r with { Tolerations = r.Tolerations.Each(DeviceClaimDefaults.Toleration) }) },
                },
            }
            : obj.Status,
    };

    public override void Validate(ResourceClaim obj, Findings findings) => new DeviceClaimRules(obj.Spec.Devices, findings).Validate("spec.devices");

    /// <summary>What is asked for is asked for: a new wish is a new claim.</summary>
    public override void ValidateUpdate(ResourceClaim old, ResourceClaim obj, Findings findings) => findings.Immutable("spec", old.Spec, obj.Spec);

    public override void ValidateStatusUpdate(ResourceClaim old, ResourceClaim obj, Findings findings) => new AllocationRules(old, obj, findings).Validate();

    public override IReadOnlyList<object?> Cells(ResourceClaim obj, DateTimeOffset now) =>
        [obj.Metadata.Name, State(obj.Metadata, obj.Status), Ages.Of(obj.Metadata.CreationTimestamp, now)];

    private static string State(ObjectMeta metadata, ResourceClaimStatus status)
    {
        var isDeleted = metadata.DeletionTimestamp is not null;
        var states = new List<string>();
        if (isDeleted)
            states.Add("deleted");
        if (status.Allocation is not null)
            states.Add("allocated");
        else if (!isDeleted)
            states.Add("pending");
        if (status.Allocation is not null && status.ReservedFor.Count > 0)
            states.Add("reserved");
        return string.Join(',', states);
    }
}
