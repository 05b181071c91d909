using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.Controllers.Policies;

/// <summary>
/// Reads a policy's expressions with the types of the kinds they are for: what is certain to fail for one of them is found before it does.
/// Admission itself takes objects as they come. Pure.
/// </summary>
internal static class PolicyTypeCheck
{
    /// <summary>More kinds than this are not looked at, as upstream.</summary>
    private const int MostKinds = 10;

    /// <summary>One warning for each expression that is wrong for at least one kind.</summary>
    /// <param name="known">What is served.</param>
    public static IEnumerable<ExpressionWarning> Check(ValidatingAdmissionPolicy policy, IReadOnlyCollection<TypedKind> known)
    {
        var kinds = KindsOf(policy, known).Take(MostKinds).ToList();
        var parameters = policy.Spec.ParamKind is { } param ? TypeOf(param, known) : null;
        for (var i = 0; i < policy.Spec.Validations.Count; i++)
        {
            var validation = policy.Spec.Validations[i];
            if (Warning(policy, kinds, parameters, validation.Expression) is { } wrong)
                yield return new() { FieldRef = $"spec.validations[{i}].expression", Warning = wrong };
            if (validation.MessageExpression.Length > 0 && Warning(policy, kinds, parameters, validation.MessageExpression) is { } wrongMessage)
                yield return new() { FieldRef = $"spec.validations[{i}].messageExpression", Warning = wrongMessage };
        }
    }

    /// <summary>Whether what the policy says depends on the kinds of a group.</summary>
    public static bool IsAbout(ValidatingAdmissionPolicy policy, string group) =>
        policy.Spec.MatchConstraints?.ResourceRules.Any(r => r.ApiGroups.Contains(group)) == true || (policy.Spec.ParamKind is { } kind && Split(kind.ApiVersion).Group == group);

    /// <summary>The kinds the policy names; with a wildcard it may be about anything, and nothing is known.</summary>
    private static IEnumerable<TypedKind> KindsOf(ValidatingAdmissionPolicy policy, IReadOnlyCollection<TypedKind> known) =>
        from kind in known
        where policy.Spec.MatchConstraints?.ResourceRules.Any(r => Names(r, kind)) == true
        orderby kind.Group, kind.Version, kind.Kind
        select kind;

    private static bool Names(NamedRuleWithOperations rule, TypedKind kind) =>
        !rule.ApiGroups.Concat(rule.ApiVersions).Any(n => n.Contains('*', StringComparison.Ordinal))
        && rule.ApiGroups.Contains(kind.Group) && rule.ApiVersions.Contains(kind.Version) && rule.Resources.Contains(kind.Plural);

    private static string? Warning(ValidatingAdmissionPolicy policy, List<TypedKind> kinds, CelType? parameters, string expression)
    {
        var wrong = kinds.Select(k => (Kind: k, Issues: Issues(policy, k, parameters, expression))).Where(k => k.Issues.Length > 0).ToList();
        return wrong.Count == 0 ? null : string.Join('\n', wrong.Select(w => $"{w.Kind}: {w.Issues}\n"));
    }

    private static string Issues(ValidatingAdmissionPolicy policy, TypedKind kind, CelType? parameters, string expression)
    {
        var variables = new VariableTypes();
        var environment = variables.DeclareIn(AdmissionExpressions.Create(kind.Type, parameters));
        foreach (var variable in policy.Spec.Variables)
            variables.Add(variable.Name, environment.Compile(variable.Expression).Program?.ResultType);
        return environment.Compile(expression).Message;
    }

    /// <summary>Parameters of a kind that is not there yet may be anything.</summary>
    private static CelType TypeOf(ParamKind kind, IReadOnlyCollection<TypedKind> known)
    {
        var (group, version) = Split(kind.ApiVersion);
        return known.FirstOrDefault(k => k.Group == group && k.Version == version && k.Kind == kind.Kind)?.Type ?? CelType.Dyn;
    }

    private static (string Group, string Version) Split(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("", apiVersion) : (apiVersion[..slash], apiVersion[(slash + 1)..]);
    }
}
