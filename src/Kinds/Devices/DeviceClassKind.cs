using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>All the API server knows about DeviceClasses.</summary>
internal sealed class DeviceClassKind : Kind<DeviceClass>
{
    public override void Validate(DeviceClass obj, Findings findings)
    {
        var parts = new DeviceParts(findings);
        findings.Items("spec.selectors", obj.Spec.Selectors, DeviceClaimRules.MaxItems, parts.Selector);
        findings.Items("spec.config", obj.Spec.Config, DeviceClaimRules.MaxItems, (config, at) => parts.Opaque(config.Opaque, $"{at}.opaque"));
        if (obj.Spec.ExtendedResourceName is { } name && !Pods.ResourceRules.IsExtended(name))
            findings.Invalid("spec.extendedResourceName", name, "must be a valid extended resource name");
    }
}
