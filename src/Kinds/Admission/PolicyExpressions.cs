using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;
using KubeSharp.Machinery.Cel;
using KubeSharp.Objects.AdmissionregistrationV1;
using KubeSharp.Objects.Policies;

namespace KubeSharp.Kinds.Admission;

/// <summary>What an expression is for, which decides what it may name and must give.</summary>
internal enum ExpressionUse
{
    Validation,

    /// <summary>A <c>messageExpression</c>.</summary>
    Message,
    AuditAnnotation,
    ApplyConfiguration,
    JsonPatch,
}

/// <summary>The expressions of one webhook or policy, compiled in the order in which they may refer to each other.</summary>
/// <remarks>
/// Upstream lets stored expressions use what is too new for new ones. Nothing of the language is: v1.36 adds no library, so there is one environment for both, and what is kept on an
/// update is compiled again like anything else.
/// </remarks>
/// <param name="hasParams">Whether <c>params</c> is there.</param>
/// <param name="variables">The variables of the policy; without any, no expression may speak of <c>variables</c>.</param>
internal sealed partial class PolicyExpressions(bool hasParams, IReadOnlyList<Variable> variables, Findings findings)
{
    private const int MaxConditions = 64;

    private readonly VariableTypes _variables = new();

    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ];

    private CelEnvironment Plain => field ??= WithVariables(AdmissionExpressions.Create(hasParams));

    private CelEnvironment Messages => field ??= WithVariables(AdmissionExpressions.CreateForMessages(hasParams));

    private CelEnvironment Mutations => field ??= WithVariables(AdmissionExpressions.Create(hasParams).WithMutation());

    /// <summary>They stand before the variables and do not see them.</summary>
    public void Conditions(IReadOnlyList<MatchCondition> conditions, string field)
    {
        if (conditions.Count > MaxConditions)
            findings.TooMany(field, conditions.Count, MaxConditions);

        var environment = hasParams ? AdmissionExpressions.Create(hasParams) : AdmissionExpressions.ForWebhooks;
        var names = new HashSet<string>();
        for (var i = 0; i < conditions.Count; i++)
        {
            var (name, expression, at) = (conditions[i].Name, conditions[i].Expression.Trim(), $"{field}[{i}]");
            if (expression.Length == 0)
                findings.Required($"{at}.expression");
            else
                Note($"{at}.expression", expression, environment.Compile(expression, CelType.Bool));

            if (name.Length == 0)
            {
                findings.Required($"{at}.name");
                continue;
            }

            findings.Each($"{at}.name", name, NameRules.QualifiedName(name));
            if (!names.Add(name))
                findings.Duplicate($"{at}.name", name);
        }
    }

    public void Variables(string field)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, expression) = (variables[i].Name, variables[i].Expression);
            if (string.IsNullOrWhiteSpace(name))
                findings.Required($"{field}[{i}].name", "name is not specified");
            else if (!Identifier().IsMatch(name) || Reserved.Contains(name))
                findings.Invalid($"{field}[{i}].name", name, "name is not a valid CEL identifier");

            if (string.IsNullOrWhiteSpace(expression))
            {
                findings.Required($"{field}[{i}].expression", "expression is not specified");
                continue;
            }

            var compiled = Plain.Compile(expression);
            Note($"{field}[{i}].expression", expression, compiled);
            _variables.Add(name, compiled.Program?.ResultType);
        }
    }

    /// <summary>One expression; blank is as good as none.</summary>
    public void Check(string field, string expression, string whyRequired, ExpressionUse use)
    {
        if (string.IsNullOrWhiteSpace(expression))
            findings.Required(field, whyRequired);
        else
            Note(field, expression, Compile(expression, use));
    }

    private CelCompilation Compile(string expression, ExpressionUse use) => use switch
    {
        ExpressionUse.Message => Messages.Compile(expression, CelType.Text),
        ExpressionUse.AuditAnnotation => Plain.Compile(expression.Trim(), [CelType.Text, CelType.Null]),
        ExpressionUse.ApplyConfiguration => Mutations.Compile(expression, CelMutations.Configuration),
        ExpressionUse.JsonPatch => Mutations.Compile(expression, CelMutations.Patch),
        _ => Plain.Compile(expression, CelType.Bool),
    };

    private void Note(string field, string expression, CelCompilation compiled)
    {
        if (compiled.Program is null)
            findings.Invalid(field, expression, compiled.Issues.Any ? $"compilation failed: {compiled.Message}" : compiled.Message);
    }

    private CelEnvironment WithVariables(CelEnvironment environment) => variables.Count == 0 ? environment : _variables.DeclareIn(environment);

    [GeneratedRegex(@"^[_a-zA-Z][_a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
