using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>All the API server knows about ResourceClaimTemplates.</summary>
internal sealed class ResourceClaimTemplateKind : Kind<ResourceClaimTemplate>
{
    public override ResourceClaimTemplate ApplyDefaults(ResourceClaimTemplate obj) =>
        obj with { Spec = obj.Spec with { Spec = DeviceClaimDefaults.Apply(obj.Spec.Spec) } };

    public override void Validate(ResourceClaimTemplate obj, Findings findings)
    {
        findings.Labels("spec.metadata.labels", obj.Spec.Metadata.Labels);
        if (obj.Spec.Metadata != new ObjectMeta { Labels = obj.Spec.Metadata.Labels, Annotations = obj.Spec.Metadata.Annotations })
            findings.Forbidden("spec.metadata", "cannot be set");
        new DeviceClaimRules(obj.Spec.Spec.Devices, findings).Validate("spec.spec.devices");
    }

    public override void ValidateUpdate(ResourceClaimTemplate old, ResourceClaimTemplate obj, Findings findings) => findings.Immutable("spec", old.Spec, obj.Spec);
}
