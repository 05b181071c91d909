using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.NetworkingV1;

namespace KubeSharp.Kinds.Networking;

/// <summary>All the API server knows about IngressClasses.</summary>
internal sealed class IngressClassKind : Kind<IngressClass>
{
    public override IngressClass ApplyDefaults(IngressClass obj) => obj.Spec.Parameters is { Scope: null } parameters
        ? obj with { Spec = obj.Spec with { Parameters = parameters with { Scope = "Cluster" } } }
        : obj;

    public override void Validate(IngressClass obj, Findings findings)
    {
        if (obj.Spec.Controller.Length > 250)
            findings.TooLong("spec.controller", 250);
        else if (obj.Spec.Controller.Length == 0)
            findings.Required("spec.controller");
        else if (!obj.Spec.Controller.Contains('/', StringComparison.Ordinal))
            findings.Invalid("spec.controller", obj.Spec.Controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        if (obj.Spec.Parameters is not { } parameters)
            return;

        const string Field = "spec.parameters";
        if (parameters.ApiGroup is { } group)
            findings.Each($"{Field}.apiGroup", group, NameRules.Dns1123Subdomain(group));
        findings.PathSegment($"{Field}.kind", parameters.Kind, "kind is required");
        findings.PathSegment($"{Field}.name", parameters.Name, "name is required");
        switch (parameters.Scope)
        {
            case null:
                findings.Required($"{Field}.scope");
                break;
            case "Namespace" when parameters.Namespace is null:
                findings.Required($"{Field}.namespace", "`parameters.scope` is set to 'Namespace'");
                break;
            case "Namespace":
                findings.Each($"{Field}.namespace", parameters.Namespace, NameRules.Dns1123Label(parameters.Namespace));
                break;
            case "Cluster":
                if (parameters.Namespace is not null)
                    findings.Forbidden($"{Field}.namespace", "`parameters.scope` is set to 'Cluster'");
                break;
            default:
                findings.NotSupported($"{Field}.scope", parameters.Scope, "Cluster", "Namespace");
                break;
        }
    }

    public override void ValidateUpdate(IngressClass old, IngressClass obj, Findings findings)
    {
        if (obj.Spec.Controller != old.Spec.Controller)
            findings.Invalid("spec.controller", obj.Spec.Controller, "field is immutable");
        Validate(obj, findings);
    }

    public override IReadOnlyList<object?> Cells(IngressClass obj, DateTimeOffset now) =>
    [
        obj.Metadata.Name,
        obj.Spec.Controller,
        obj.Spec.Parameters is { } p ? $"{p.Kind}{(p.ApiGroup is { Length: > 0 } group ? "." + group : "")}/{p.Name}" : CellText.None,
        Ages.Of(obj.Metadata.CreationTimestamp, now),
    ];
}
