using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.Kinds.Admission;

/// <summary>The expressions of one webhook or policy, checked in the order in which they may refer to each other.</summary>
/// <param name="stored">Expressions that were there before: they are not checked again, lest a stricter server refuse an unrelated change.</param>
internal sealed partial class PolicyExpressions(IExpressions expressions, bool hasParams, IReadOnlySet<string> stored, Findings findings)
{
    private const int MaxConditions = 64;
    private readonly List<(string Name, string Expression)> _variables = [];

    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ];

    public void Conditions(IReadOnlyList<MatchCondition> conditions, string field)
    {
        if (conditions.Count > MaxConditions)
            findings.TooMany(field, conditions.Count, MaxConditions);

        var names = new HashSet<string>();
        for (var i = 0; i < conditions.Count; i++)
        {
            var (name, at) = (conditions[i].Name, $"{field}[{i}]");
            Check($"{at}.expression", conditions[i].Expression.Trim(), "", ExpressionUse.MatchCondition);
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

    public void Variables(IReadOnlyList<Variable> variables, string field)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, expression) = (variables[i].Name, variables[i].Expression);
            if (string.IsNullOrWhiteSpace(name))
                findings.Required($"{field}[{i}].name", "name is not specified");
            else if (!Identifier().IsMatch(name) || Reserved.Contains(name))
                findings.Invalid($"{field}[{i}].name", name, "name is not a valid CEL identifier");
            Check($"{field}[{i}].expression", expression, "expression is not specified", ExpressionUse.Variable);
            _variables.Add((name, expression));
        }
    }

    /// <summary>One expression; blank is as good as none.</summary>
    public void Check(string field, string expression, string whyRequired, ExpressionUse use)
    {
        if (string.IsNullOrWhiteSpace(expression))
            findings.Required(field, whyRequired);
        else if (!stored.Contains(expression))
            findings.Each(field, expression, expressions.Problems(expression, new(use, hasParams, [.. _variables])));
    }

    [GeneratedRegex(@"^[_a-zA-Z][_a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
