using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>The conditions under which a webhook or policy is about a request: all must hold.</summary>
internal sealed class MatchConditions
{
    private readonly IReadOnlyList<Expression> _conditions;
    private readonly bool _failsOpen;

    private MatchConditions(IReadOnlyList<Expression> conditions, bool failsOpen) => (_conditions, _failsOpen) = (conditions, failsOpen);

    public bool IsEmpty => _conditions.Count == 0;

    public static MatchConditions Of(IReadOnlyList<MatchCondition> conditions, CelEnvironment environment, bool failsOpen) =>
        new([.. conditions.Select(c => Expression.Compile(c.Expression, environment, CelType.Bool))], failsOpen);

    /// <remarks>One that does not hold outweighs one that fails: then the request is none of the others' business either.</remarks>
    /// <returns>Whether all hold; or why that cannot be said and the request must fail.</returns>
    public (bool Matches, string Error) Evaluate(CelBindings bindings, CostMeter cost, CancellationToken ct)
    {
        List<string> errors = [];
        foreach (var condition in _conditions)
        {
            var (value, error) = condition.Evaluate(bindings, cost, ct);
            if (error.Length > 0)
                errors.Add(error);
            else if (value.Kind != CelKind.Bool || !value.AsBool)
                return (false, "");
        }

        if (errors.Count == 0)
            return (true, "");
        return _failsOpen ? (false, "") : (false, errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors)}]");
    }
}
