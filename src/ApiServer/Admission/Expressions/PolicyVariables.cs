using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>The variables of a policy, compiled: each may use those before it.</summary>
internal sealed class PolicyVariables
{
    private readonly Dictionary<string, Expression> _byName = [];
    private readonly VariableTypes _types = new();

    /// <param name="environment">What the variables may use; it gets <c>variables</c> too.</param>
    public PolicyVariables(IReadOnlyList<Variable> variables, CelEnvironment environment)
    {
        _types.DeclareIn(environment);
        foreach (var variable in variables)
        {
            var expression = Expression.Compile(variable.Expression, environment, null);
            _byName[variable.Name] = expression;
            _types.Add(variable.Name, expression.Type);
        }
    }

    /// <summary>Lets whatever is compiled with the environment see all of them.</summary>
    public CelEnvironment DeclareIn(CelEnvironment environment) => _types.DeclareIn(environment);

    /// <summary>Their values for one evaluation: each is computed when it is first asked for, and once.</summary>
    public void BindTo(CelBindings bindings, CostMeter cost, CancellationToken ct) =>
        bindings.Set("variables", CelValue.Of(new Values(this, bindings, cost, ct)));

    private sealed class Values(PolicyVariables variables, CelBindings bindings, CostMeter cost, CancellationToken ct) : CelObject
    {
        private readonly Dictionary<string, CelValue> _known = [];

        public override CelType Type => variables._types.Type;

        public override IEnumerable<string> Present => variables._byName.Keys;

        public override bool TryGet(string field, out CelValue value)
        {
            if (_known.TryGetValue(field, out value))
                return true;
            if (!variables._byName.TryGetValue(field, out var variable))
                return false;

            (value, var error) = variable.Evaluate(bindings, cost, ct);
            if (error.Length > 0)
                value = CelValue.Error($"composited variable \"{field}\" fails to evaluate: {error}");
            _known[field] = value;
            return true;
        }
    }
}
