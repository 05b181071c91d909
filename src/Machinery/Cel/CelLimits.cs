namespace KubeSharp.Machinery.Cel;

/// <summary>Upstream's limits; a unit of cost is about 50 ns there.</summary>
public static class CelLimits
{
    /// <summary>What one expression may cost while it is evaluated.</summary>
    public const ulong PerCall = 1_000_000;

    /// <summary>What all expressions of one object or policy binding may cost together while they are evaluated.</summary>
    public const ulong RuntimeBudget = 10_000_000;

    /// <summary>What all match conditions of one webhook or policy binding may cost together.</summary>
    public const ulong MatchConditionsBudget = 2_500_000;

    /// <summary>What one rule of a CustomResourceDefinition may be estimated to cost.</summary>
    public const ulong StaticPerExpression = 10_000_000;

    /// <summary>What all rules of a CustomResourceDefinition may be estimated to cost.</summary>
    public const ulong StaticPerDefinition = 100_000_000;

    /// <summary>Bytes of the largest request: the bound of sizes that a schema leaves open.</summary>
    public const long MaxRequestBytes = 3 * 1024 * 1024;

    /// <summary>Bytes of the longest text a <c>messageExpression</c> may give.</summary>
    public const int MaxMessageBytes = 5 * 1024;

    /// <summary>Code points of the longest expression.</summary>
    internal const int MaxExpression = 100_000;

    /// <summary>How deep each kind of rule of the grammar may nest.</summary>
    internal const int MaxDepth = 250;

    /// <summary>Nodes an expression may have once its macros are expanded.</summary>
    internal const int MaxNodes = 500_000;

    /// <summary>Steps of a comprehension between two looks at the token.</summary>
    internal const int CheckFrequency = 100;
}
