namespace KubeSharp.Kinds.Rules;

/// <summary>Where a CEL expression stands, which decides what it may name and must yield.</summary>
internal enum ExpressionUse
{
    MatchCondition,
    Variable,
    Validation,
    Message,
    AuditAnnotation,
    Mutation,
    DeviceSelector,
}

/// <param name="HasParams">Whether <c>params</c> is there.</param>
/// <param name="Variables">The <c>variables</c> declared before it, each with its own expression.</param>
internal sealed record ExpressionContext(ExpressionUse Use, bool HasParams, IReadOnlyList<(string Name, string Expression)> Variables)
{
    public static ExpressionContext Of(ExpressionUse use, bool hasParams = false) => new(use, hasParams, []);
}

/// <summary>Checks the CEL expressions of webhooks, policies and device claims before they are stored.</summary>
/// <remarks>Guarantees: pure, the same answer for the same input. An expression that was stored before is not asked about again.</remarks>
internal interface IExpressions
{
    /// <summary>What is wrong with the expression; nothing if it compiles to what its place needs.</summary>
    IEnumerable<string> Problems(string expression, ExpressionContext context);
}
