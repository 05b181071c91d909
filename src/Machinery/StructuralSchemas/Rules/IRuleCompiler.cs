using System.Text.Json.Nodes;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>Makes the rules of <c>x-kubernetes-validations</c> into checks.</summary>
public interface IRuleCompiler
{
    /// <summary>Reports the rules of one node that do not compile, cost too much, or use oldSelf where old and new cannot be matched.</summary>
    /// <returns>What each expression may cost over all values of the node, under its path.</returns>
    IReadOnlyList<(string Path, ulong Cost)> Compile(RulePlace place, Findings findings);

    /// <summary>The checks of a whole schema, compiled once; null if it has none.</summary>
    IRuleSet? Prepare(JsonSchema schema, bool isRoot);
}

/// <summary>A node of a schema that has rules.</summary>
/// <param name="IsRoot">Whether the node is the whole object, whose rules see kind, apiVersion and the names of metadata.</param>
/// <param name="Uncorrelatable">The path of the node above from which on values have no old values; null if this one has.</param>
/// <param name="Cardinality">How many values of the node one object can have; null if the schema sets no bound.</param>
public sealed record RulePlace(JsonSchema Schema, string Path, bool IsRoot, string? Uncorrelatable, ulong? Cardinality);

/// <summary>The compiled rules of a schema. Thread-safe.</summary>
public interface IRuleSet
{
    /// <param name="old">The value before the update; null on create: then transition rules are not checked.</param>
    /// <param name="path">Of the value; empty for an object.</param>
    void Validate(JsonNode? value, JsonNode? old, string path, Findings findings);
}

/// <summary>Takes all rules and checks none.</summary>
public sealed class NoRules : IRuleCompiler
{
    public static NoRules Instance { get; } = new();

    public IReadOnlyList<(string Path, ulong Cost)> Compile(RulePlace place, Findings findings) => [];

    public IRuleSet? Prepare(JsonSchema schema, bool isRoot) => null;
}
