using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>The rules of <c>x-kubernetes-validations</c> in the Common Expression Language.</summary>
public sealed class CelRuleCompiler : IRuleCompiler
{
    public static CelRuleCompiler Instance { get; } = new();

    public IReadOnlyList<(string Path, ulong Cost)> Compile(RulePlace place, Findings findings)
    {
        var schema = place.Schema;
        if (CelSchemaTypes.Of(schema, place.IsRoot, "selfType0") is not var (self, minSize))
            return [];

        var costs = new List<(string, ulong)>();
        for (var i = 0; i < schema.Rules.Count; i++)
        {
            var field = $"{place.Path}.x-kubernetes-validations[{i}]";
            var rule = CelRule.Compile(schema.Rules[i], schema, self);
            var shown = InternalForm.OfRule((JsonObject)schema.Source["x-kubernetes-validations"]![i]!); // it was read from there
            if (rule.Program is { } program)
                Cost(program, field + ".rule", "estimated rule cost", RuleCosts.OfAll(program.EstimatedCost.Max, place.Cardinality, minSize));
            if (rule.Problem is { } problem)
                findings.Invalid(field + ".rule", shown, problem);
            if (rule.MessageProblem is { } wrong && rule.Problem is null)
                findings.Invalid(field + ".messageExpression", shown, wrong);
            if (rule.Message is { } message)
                Cost(message, field + ".messageExpression", "estimated messageExpression cost", message.EstimatedCost.Max);

            if (rule.UsesOldSelf && place.Uncorrelatable is { } above)
                findings.Invalid(field + ".rule", rule.Source.Rule, $"oldSelf cannot be used on the uncorrelatable portion of the schema within {above}");
            else if (!rule.UsesOldSelf && rule.Source.OptionalOldSelf is { } optional)
                findings.Invalid(field + ".optionalOldSelf", optional, "may not be set if oldSelf is not used in rule");
        }

        return costs;

        void Cost(CelProgram program, string field, string what, ulong cost)
        {
            costs.Add((field, cost));
            if (cost > CelLimits.StaticPerExpression)
                findings.Forbidden(field, RuleCosts.Exceeds(what, cost, CelLimits.StaticPerExpression));
        }
    }

    public IRuleSet? Prepare(JsonSchema schema, bool isRoot) => schema.All().Any(n => n.Rules.Count > 0) ? new CelRuleSet(schema, isRoot) : null;
}
