using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>What the bindings of both sorts of policies share.</summary>
internal static class BindingRules
{
    public static void Validate(string policy, ParamRef? parameters, MatchResources? match, Findings findings)
    {
        if (policy.Length == 0)
            findings.Required("spec.policyName");
        else
            findings.Each("spec.policyName", policy, NameRules.Dns1123Subdomain(policy));
        if (parameters is not null)
            MatchRules.Validate(parameters, "spec.paramRef", findings);
        if (match is not null)
            MatchRules.Validate(match, "spec.matchResources", findings);
    }
}
