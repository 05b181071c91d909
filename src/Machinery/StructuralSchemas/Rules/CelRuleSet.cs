using System.Text.Json.Nodes;
using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>All rules of a schema, as a tree like the schema's; branches without rules are left out.</summary>
internal sealed class CelRuleSet : IRuleSet
{
    private const string Exhausted = "validation failed due to running out of cost budget, no further validation rules will be run";

    private readonly Branch? _root;

    public CelRuleSet(JsonSchema schema, bool isRoot) => _root = Branch.Of(schema, isRoot);

    public void Validate(JsonNode? value, JsonNode? old, string path, Findings findings) => new Run(findings).Visit(_root, value, path, new(value, old, old is not null, null));

    /// <summary>A value and what it was; <paramref name="Above"/> answers where it cannot be told.</summary>
    private sealed record Correlation(JsonNode? Now, JsonNode? Old, bool IsKnown, Correlation? Above)
    {
        /// <summary>What has not changed is let be: its errors become warnings (KEP-4008).</summary>
        public bool IsUnchanged => IsKnown ? JsonNode.DeepEquals(Now, Old) : Above?.IsUnchanged ?? false;
    }

    private sealed record Branch(JsonSchema Schema, CelType? Self, IReadOnlyList<CelRule> Rules, Branch? Items, Branch? Values, IReadOnlyDictionary<string, Branch> Properties)
    {
        public static Branch? Of(JsonSchema schema, bool isRoot)
        {
            if (!schema.All().Any(n => n.Rules.Count > 0))
                return null;

            var self = schema.Rules.Count > 0 ? CelSchemaTypes.Of(schema, isRoot, "self")?.Type : null;
            return new(
                schema,
                self,
                self is null ? [] : [.. schema.Rules.Where(r => r.Rule.Trim().Length > 0).Select(r => CelRule.Compile(r, schema, self))],
                schema.Items is { } items ? Of(items, isRoot: false) : null,
                schema.AdditionalProperties is { } values ? Of(values, isRoot: false) : null,
                schema.Properties.Select(p => (p.Key, Branch: Of(p.Value, isRoot: false))).Where(p => p.Branch is not null).ToDictionary(p => p.Key, p => p.Branch!));
        }
    }

    private sealed class Run(Findings findings)
    {
        private ulong _left = CelLimits.RuntimeBudget;
        private bool _isOver;

        public void Visit(Branch? branch, JsonNode? value, string path, Correlation correlation)
        {
            if (branch is null || value is null || _isOver)
                return;

            Evaluate(branch, value, path, correlation);
            if (value is JsonObject obj)
            {
                foreach (var (name, item) in obj)
                {
                    var old = correlation.Old as JsonObject;
                    var next = new Correlation(item, old?[name], old?.ContainsKey(name) == true, correlation);
                    if (branch.Values is { } values)
                        Visit(values, item, $"{path}[{name}]", next);
                    if (branch.Properties.TryGetValue(name, out var property))
                        Visit(property, item, path.Length == 0 ? name : $"{path}.{name}", next);
                }
            }
            else if (value is JsonArray list && branch.Items is { } items)
            {
                var keys = branch.Schema.ListMapKeys;
                var before = branch.Schema.ListType == "map" && correlation.Old is JsonArray was ? ListKeys.Index(was, keys) : null;
                for (var i = 0; i < list.Count; i++)
                {
                    JsonNode? old = null;
                    var isKnown = before is not null && ListKeys.Of(list[i], keys) is { } key && before.TryGetValue(key, out old);
                    Visit(items, list[i], $"{path}[{i}]", new(list[i], old, isKnown, correlation));
                }
            }
        }

        private void Evaluate(Branch branch, JsonNode value, string path, Correlation correlation)
        {
            var bindings = new Lazy<(CelBindings Plain, CelBindings Optional)>(() => Bind(branch.Self!, value, correlation));
            var field = path.Length == 0 ? "<nil>" : path;
            var type = branch.Schema.Type;
            foreach (var rule in branch.Rules)
            {
                if (_isOver)
                    return;

                if (rule.Program is not { } program)
                {
                    findings.Invalid(field, type, "rule compile error: " + rule.Problem);
                    continue;
                }

                if (rule.UsesOldSelf && correlation.Old is null && !rule.TakesOptionalOldSelf)
                    continue;

                var bound = rule.TakesOptionalOldSelf ? bindings.Value.Optional : bindings.Value.Plain;
                var outcome = program.Evaluate(bound);
                if (!Pay(outcome.Cost))
                    findings.Invalid(field, type, Exhausted);
                else if (outcome.Error is { } error)
                    Failed(field, type, rule, error);
                else if (!outcome.IsTrue)
                    Refuse(branch, rule, value, field, path, bound, correlation);
            }
        }

        private static (CelBindings, CelBindings) Bind(CelType self, JsonNode value, Correlation correlation)
        {
            var now = CelJson.Read(value, self);
            var (plain, optional) = (new CelBindings().Set("self", now), new CelBindings().Set("self", now));
            if (correlation.Old is null)
                return (plain, optional.Set("oldSelf", CelValue.None));

            var old = CelJson.Read(correlation.Old, self);
            return (plain.Set("oldSelf", old), optional.Set("oldSelf", CelValue.Some(old)));
        }

        private bool Pay(ulong cost)
        {
            _isOver = cost > _left;
            _left -= Math.Min(cost, _left);
            return !_isOver;
        }

        private void Failed(string field, string type, CelRule rule, CelError error)
        {
            if (error.IsCostLimit)
            {
                _isOver = true;
                findings.Invalid(field, type, $"'{error.Message}': no further validation rules will be run due to call cost exceeds limit for rule: {rule.Text}");
            }
            else if (error.Message.StartsWith("no such overload", StringComparison.Ordinal))
                findings.Invalid(field, type, $"'{error.Message}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Text}");
            else
                findings.Invalid(field, type, $"{error.Message} evaluating rule: {rule.Text}");
        }

        private void Refuse(Branch branch, CelRule rule, JsonNode value, string field, string path, CelBindings bound, Correlation correlation)
        {
            var detail = MessageOf(rule, bound, out var stops);
            var place = rule.FieldPathText.Length == 0 ? field : path.Length == 0 ? rule.FieldPathText : $"{path}.{rule.FieldPathText}";
            var found = new Findings();
            if (stops)
                found.Invalid(place, branch.Schema.Type, detail);
            else
                Report(found, place, rule.Source.Reason ?? "", branch.Schema.Type is "object" or "array" ? null : value, detail);

            if (!rule.UsesOldSelf && correlation.IsUnchanged)
                findings.Warn(found.Errors[0].ToString());
            else
                findings.AddRange(found.Errors);
        }

        /// <param name="value">Null for what is too large to show.</param>
        private static void Report(Findings found, string place, string reason, JsonNode? value, string detail)
        {
            switch (reason)
            {
                case "FieldValueForbidden":
                    found.Forbidden(place, detail);
                    break;
                case "FieldValueRequired":
                    found.Required(place, detail);
                    break;
                case "FieldValueDuplicate":
                    found.AddRange([new(place, reason, value is null ? "Duplicate value" : "Duplicate value: " + Findings.Show(JsonTree.Shown(value)))]);
                    break;
                default:
                    found.AddRange([new(place, "FieldValueInvalid", value is null ? $"Invalid value: {detail}" : $"Invalid value: {Findings.Show(JsonTree.Shown(value))}: {detail}")]);
                    break;
            }
        }

        /// <summary>What the message expression says, or the message, or the rule.</summary>
        /// <param name="stops">The budget is gone: the answer says so, and nothing more is evaluated.</param>
        private string MessageOf(CelRule rule, CelBindings bound, out bool stops)
        {
            stops = false;
            var standard = rule.Source.Message.Length > 0 ? rule.Source.Message.Trim() : "failed rule: " + rule.Text;
            if (rule.Message is not { } message)
                return standard;

            var outcome = message.Evaluate(bound);
            if (!Pay(outcome.Cost))
            {
                stops = true;
                return "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run";
            }

            if (outcome.Error is { IsCostLimit: true })
            {
                (stops, _isOver) = (true, true);
                return $"no further validation rules will be run due to call cost exceeds limit for messageExpression: \"{rule.Source.MessageExpression}\"";
            }

            var text = outcome.Error is null ? outcome.Value.AsText.Trim() : "";
            return text.Length is 0 or > CelLimits.MaxMessageBytes || text.Contains('\n', StringComparison.Ordinal) ? standard : text;
        }
    }
}
