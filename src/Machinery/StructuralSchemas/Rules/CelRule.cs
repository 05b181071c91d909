using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.StructuralSchemas.Rules;

/// <summary>A rule of a node, compiled.</summary>
internal sealed class CelRule
{
    private CelRule(SchemaRule source, JsonSchema schema)
    {
        Source = source;
        if (source.FieldPath.Length > 0 && FieldPath.Resolve(source.FieldPath, schema) is { Problem: null } found)
            FieldPathText = string.Join('.', found.Steps);
    }

    public SchemaRule Source { get; }

    /// <summary>Null if it does not compile.</summary>
    public CelProgram? Program { get; private init; }

    public string? Problem { get; private init; }

    public CelProgram? Message { get; private init; }

    public string? MessageProblem { get; private init; }

    /// <summary>Below the node, where failures are reported; empty for the node itself.</summary>
    public string FieldPathText { get; } = "";

    public bool UsesOldSelf => Program?.Variables.Contains("oldSelf") == true;

    public bool TakesOptionalOldSelf => Source.OptionalOldSelf == true;

    /// <summary>What messages call the rule.</summary>
    public string Text => (Source.Message.Length > 0 ? Source.Message : Source.Rule).Trim();

    public static CelRule Compile(SchemaRule rule, JsonSchema schema, CelType self)
    {
        var environment = CelEnvironment.Kubernetes().Variable("self", self).Variable("oldSelf", rule.OptionalOldSelf == true ? CelType.Optional(self) : self);
        var compiled = environment.Compile(rule.Rule);
        var isBool = compiled.Program?.ResultType.Kind == CelKind.Bool;
        var message = isBool && rule.MessageExpression.Trim().Length > 0 ? environment.Compile(rule.MessageExpression) : null;
        var isText = message?.Program?.ResultType.Kind == CelKind.Text;
        return new(rule, schema)
        {
            Program = isBool ? compiled.Program : null,
            Problem = compiled.Program is null ? "compilation failed: " + compiled.Message : isBool ? null : "cel expression must evaluate to a bool",
            Message = isText ? message!.Program : null,
            MessageProblem = message is null ? null
                : message.Program is null ? "messageExpression compilation failed: " + message.Message
                : isText ? null : "messageExpression must evaluate to a string",
        };
    }
}
