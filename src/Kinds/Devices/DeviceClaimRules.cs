using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>Which devices a claim asks for.</summary>
internal sealed class DeviceClaimRules(DeviceClaim claim, Findings findings)
{
    public const int MaxItems = 32;
    private const int MaxAlternatives = 8;
    private const string OneOfBoth = "exactly one of `exactly` or `firstAvailable` is required";

    private readonly DeviceParts _parts = new(findings);
    private readonly RequestNames _names = new(claim);

    public void Validate(string path)
    {
        findings.UniqueItems($"{path}.requests", claim.Requests, MaxItems, r => r.Name, Request);
        findings.Items($"{path}.constraints", claim.Constraints, MaxItems, Constraint);
        findings.Items($"{path}.config", claim.Config, MaxItems, (config, at) =>
        {
            findings.UniqueItems($"{at}.requests", config.Requests, MaxItems, n => n, (name, field) => _names.Validate(field, name, findings));
            _parts.Opaque(config.Opaque, $"{at}.opaque");
        });
    }

    private void Request(DeviceRequest request, string path)
    {
        findings.Label($"{path}.name", request.Name);
        switch (request)
        {
            case { Exactly: null, FirstAvailable.Count: 0 }:
                findings.Required(path, OneOfBoth);
                break;
            case { Exactly: not null, FirstAvailable.Count: > 0 }:
                findings.Invalid(path, null, $"{OneOfBoth}, but multiple fields are set");
                break;
            case { Exactly: { } one }:
                Wanted(one.DeviceClassName, one.Selectors, one.AllocationMode, one.Count, one.Tolerations, $"{path}.exactly");
                break;
            default:
                findings.UniqueItems($"{path}.firstAvailable", request.FirstAvailable, MaxAlternatives, r => r.Name, (sub, at) =>
                {
                    findings.Label($"{at}.name", sub.Name);
                    Wanted(sub.DeviceClassName, sub.Selectors, sub.AllocationMode, sub.Count, sub.Tolerations, at);
                });
                break;
        }
    }

    private void Wanted(
        string deviceClass, IReadOnlyList<DeviceSelector> selectors, string mode, long count, IReadOnlyList<DeviceToleration> tolerations, string path)
    {
        if (deviceClass.Length == 0)
            findings.Required($"{path}.deviceClassName");
        else
            findings.Each($"{path}.deviceClassName", deviceClass, NameRules.Dns1123Subdomain(deviceClass));
        findings.Items($"{path}.selectors", selectors, MaxItems, _parts.Selector);
        switch (mode)
        {
            case "All":
                if (count != 0)
                    findings.Invalid($"{path}.count", count, "must not be specified when allocationMode is 'All'");
                break;
            case "ExactCount":
                if (count <= 0)
                    findings.Invalid($"{path}.count", count, "must be greater than zero");
                break;
            default:
                findings.NotOneOf($"{path}.allocationMode", mode, "All", "ExactCount");
                break;
        }

        for (var i = 0; i < tolerations.Count; i++)
            DeviceTaintRules.Validate(tolerations[i], $"{path}.tolerations[{i}]", findings);
    }

    private void Constraint(DeviceConstraint constraint, string path)
    {
        findings.UniqueItems($"{path}.requests", constraint.Requests, MaxItems, n => n, (name, field) => _names.Validate(field, name, findings));
        if (constraint.MatchAttribute is { } match)
            findings.FullAttributeName($"{path}.matchAttribute", match);
        else if (constraint.DistinctAttribute is { } distinct)
            findings.FullAttributeName($"{path}.distinctAttribute", distinct);
        else
            findings.Required(path, "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set");
    }
}
