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
    public static IEnumerable<ExpressionWarning> Check(ValidatingAdmissionPolicy policy)
    {
        var kinds = KindsOf(policy).Take(MostKinds).ToList();
        for (var i = 0; i < policy.Spec.Validations.Count; i++)
        {
            var validation = policy.Spec.Validations[i];
            if (Warning(policy, kinds, validation.Expression) is { } wrong)
                yield return new() { FieldRef = $"spec.validations[{i}].expression", Warning = wrong };
            if (validation.MessageExpression.Length > 0 && Warning(policy, kinds, validation.MessageExpression) is { } wrongMessage)
                yield return new() { FieldRef = $"spec.validations[{i}].messageExpression", Warning = wrongMessage };
        }
    }

    /// <summary>The kinds the policy names; with a wildcard it may be about anything, and nothing is known.</summary>
    private static IEnumerable<ObjectCodec> KindsOf(ValidatingAdmissionPolicy policy) =>
        (from rule in policy.Spec.MatchConstraints?.ResourceRules ?? []
         where !rule.ApiGroups.Concat(rule.ApiVersions).Concat(rule.Resources).Any(n => n.Contains('*', StringComparison.Ordinal))
         from type in ApiCatalog.All
         where type.Subresource.Length == 0 && rule.ApiGroups.Contains(type.Group) && rule.ApiVersions.Contains(type.Version) && rule.Resources.Contains(type.Plural)
         let codec = ApiCatalog.CodecFor(type.Group, type.Version, type.Kind)
         where codec is not null
         orderby codec.Type.ApiVersion, codec.Type.Kind
         select codec).Distinct();

    private static string? Warning(ValidatingAdmissionPolicy policy, List<ObjectCodec> kinds, string expression)
    {
        var wrong = kinds.Select(k => (k.Type, Issues: Issues(policy, k, expression))).Where(k => k.Issues.Length > 0).ToList();
        return wrong.Count == 0 ? null : string.Join('\n', wrong.Select(w => $"{w.Type.ApiVersion}, Kind={w.Type.Kind}: {w.Issues}"));
    }

    private static string Issues(ValidatingAdmissionPolicy policy, ObjectCodec kind, string expression)
    {
        var environment = AdmissionExpressions.Create(SchemaTypes.Of(kind.Schema), policy.Spec.ParamKind is { } param ? TypeOf(param) : null);
        var variables = new Dictionary<string, CelField>();
        environment.Variable("variables", CelType.OpenObject("kubernetes.variables", variables.GetValueOrDefault));
        foreach (var variable in policy.Spec.Variables)
            variables[variable.Name] = new(variable.Name, environment.Compile(variable.Expression).Program?.ResultType ?? CelType.Dyn);
        return environment.Compile(expression).Message;
    }

    private static CelType TypeOf(ParamKind kind)
    {
        var slash = kind.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        return ApiCatalog.CodecFor(slash < 0 ? "" : kind.ApiVersion[..slash], kind.ApiVersion[(slash + 1)..], kind.Kind) is { } codec ? SchemaTypes.Of(codec.Schema) : CelType.Dyn;
    }
}
