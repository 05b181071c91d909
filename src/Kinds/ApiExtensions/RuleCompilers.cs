using System.Text.Json.Nodes;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Machinery.StructuralSchemas.Rules;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>Who compiles the rules of <c>x-kubernetes-validations</c>.</summary>
public sealed class RuleCompilers(IRuleCompiler rules)
{
    public static RuleCompilers Default { get; } = new(CelRuleCompiler.Instance);

    public IRuleCompiler Rules => rules;

    /// <summary>A default must hold both as a value that was there before and as one that is new.</summary>
    internal void ValidateDefault(JsonSchema schema, JsonNode value, string path, Findings findings)
    {
        if (rules.Prepare(schema, isRoot: false) is not { } set)
            return;

        // Warnings tell of values that stay as they were; a default is not such a one.
        var found = new Findings();
        set.Validate(value, value, path, found);
        if (!found.Any)
            set.Validate(value, null, path, found);
        findings.AddRange(found.Errors);
    }
}
