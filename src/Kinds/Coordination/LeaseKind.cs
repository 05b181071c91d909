using KubeSharp.Objects.CoordinationV1;

namespace KubeSharp.Kinds.Coordination;

/// <summary>All the API server knows about Leases.</summary>
internal sealed class LeaseKind : Kind<Lease>
{
    public override bool CreatesOnUpdate => true;

    public override bool UpdatesUnconditionally => false;

    public override void Validate(Lease obj, Findings findings)
    {
        if (obj.Spec.LeaseDurationSeconds is <= 0)
            findings.Invalid("spec.leaseDurationSeconds", obj.Spec.LeaseDurationSeconds, "must be greater than 0");
        if (obj.Spec.LeaseTransitions is < 0)
            findings.Invalid("spec.leaseTransitions", obj.Spec.LeaseTransitions, "must be greater than or equal to 0");
    }

    public override IReadOnlyList<object?> Cells(Lease obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Spec.HolderIdentity ?? "", Ages.Of(obj.Metadata.CreationTimestamp, now)];
}
