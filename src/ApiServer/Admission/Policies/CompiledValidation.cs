using System.Text;
using KubeSharp.ApiServer.Admission.Expressions;
using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.ApiServer.Admission.Policies;

/// <param name="Index">Of the validation; -1 for what concerns the whole policy.</param>
/// <param name="Reason">Of the answer's Status.</param>
internal sealed record Refusal(int Index, string Message, string Reason);

/// <summary>What a policy says of a request under one binding and one set of parameters.</summary>
internal sealed record Verdict(IReadOnlyList<Refusal> Refusals, IReadOnlyList<(string Key, string Value)> AuditAnnotations)
{
    public static Verdict NotMeant { get; } = new([], []);
}

/// <summary>A ValidatingAdmissionPolicy ready for use: its expressions compiled. Thread-safe.</summary>
internal sealed class CompiledValidation
{
    private const string Invalid = "Invalid";

    private readonly PolicyVariables _variables;
    private readonly MatchConditions _conditions;
    private readonly IReadOnlyList<(Validation Rule, Expression Condition, Expression? Message)> _validations;
    private readonly IReadOnlyList<(string Key, Expression Value)> _annotations;

    public CompiledValidation(ValidatingAdmissionPolicy policy)
    {
        var spec = policy.Spec;
        var hasParams = spec.ParamKind is not null;
        FailsOpen = spec.FailurePolicy == "Ignore";
        Match = new(spec.MatchConstraints);
        _conditions = MatchConditions.Of(spec.MatchConditions, AdmissionExpressions.Create(hasParams), FailsOpen);
        var environment = AdmissionExpressions.Create(hasParams);
        _variables = new(spec.Variables, environment);
        var messages = _variables.DeclareIn(AdmissionExpressions.CreateForMessages(hasParams));
        _validations =
        [
            .. spec.Validations.Select(v => (v, Expression.Compile(v.Expression, environment, CelType.Bool), v.MessageExpression.Length > 0 ? Expression.Compile(v.MessageExpression, messages, CelType.Text) : null)),
        ];
        _annotations = [.. spec.AuditAnnotations.Select(a => (a.Key, Expression.Compile(a.ValueExpression, environment, null)))];
    }

    public bool FailsOpen { get; }

    public PolicyMatch Match { get; }

    public Verdict Evaluate(CelBindings bindings, CancellationToken ct)
    {
        if (!_conditions.IsEmpty)
        {
            var (matches, error) = _conditions.Evaluate(bindings, new(CelLimits.MatchConditionsBudget), ct);
            if (error.Length > 0)
                return new([new(-1, error, Invalid)], []);
            if (!matches)
                return Verdict.NotMeant;
        }

        var cost = new CostMeter(CelLimits.RuntimeBudget);
        _variables.BindTo(bindings, cost, ct);
        var refusals = new List<Refusal>();
        for (var i = 0; i < _validations.Count; i++)
        {
            if (Refuse(i, bindings, cost, ct) is { } refusal)
                refusals.Add(refusal);
        }

        var annotations = new List<(string Key, string Value)>();
        var annotationCost = new CostMeter(CelLimits.RuntimeBudget);
        foreach (var (key, expression) in _annotations)
            Annotate(key, expression, bindings, annotationCost, annotations, refusals, ct);
        return new(refusals, annotations);
    }

    private Refusal? Refuse(int index, CelBindings bindings, CostMeter cost, CancellationToken ct)
    {
        var (rule, condition, message) = _validations[index];
        var (value, error) = condition.Evaluate(bindings, cost, ct);
        if (error.Length > 0)
            return FailsOpen ? null : new(index, error, Invalid);
        if (value.Kind == CelKind.Bool && value.AsBool)
            return null;

        var text = message is null ? "" : Message(message.Evaluate(bindings, cost, ct).Value);
        if (text.Length == 0)
            text = rule.Message.Trim();
        if (text.Length == 0)
            text = $"failed expression: {rule.Expression.Trim()}";
        return new(index, text, rule.Reason is { Length: > 0 } reason ? reason : Invalid);
    }

    /// <summary>What is no message of one line is none.</summary>
    private static string Message(CelValue value)
    {
        if (value.Kind != CelKind.Text)
            return "";

        var text = value.AsText.Trim();
        return Encoding.UTF8.GetByteCount(text) > CelLimits.MaxMessageBytes || text.Contains('\n', StringComparison.Ordinal) ? "" : text;
    }

    private void Annotate(
        string key, Expression expression, CelBindings bindings, CostMeter cost, List<(string Key, string Value)> annotations, List<Refusal> refusals, CancellationToken ct)
    {
        var (value, error) = expression.Evaluate(bindings, cost, ct);
        if (error.Length > 0)
        {
            if (!FailsOpen)
                refusals.Add(new(-1, error, Invalid));
        }
        else if (value.Kind == CelKind.Text)
        {
            if (value.AsText.Trim() is { Length: > 0 } text)
                annotations.Add((key, text));
        }
        else if (value.Kind != CelKind.Null)
        {
            refusals.Add(new(-1, $"valueExpression '{expression.Source}' resulted in unsupported return type: {value.Kind}. Return type must be either string or null.", Invalid));
        }
    }
}
