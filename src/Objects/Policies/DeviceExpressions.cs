using KubeSharp.Machinery.Cel;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Objects.Policies;

/// <summary>What expressions that choose devices may use: <c>device</c>, and <c>cel.bind</c> to name a domain but once.</summary>
public static class DeviceExpressions
{
    /// <summary>What an expression may be estimated to cost, and may cost.</summary>
    public const ulong MostCost = 1_000_000;

    private const ulong MostEntries = 32;
    private static readonly CelType Domain = Text.WithMaxElements(63);
    private static readonly CelType Id = Text.WithMaxElements(32);

    private static readonly CelType Device = Object("kubernetes.DRADevice", () =>
    [
        new("driver", Text.WithMaxElements(63)),
        new("attributes", Qualified(CelType.Any.WithMaxElements(64))),
        new("capacity", Qualified(Opaque("kubernetes.Quantity"))),
        new("allowMultipleAllocations", Bool),
    ]);

    private static readonly CelEnvironment Environment = CelEnvironment.Kubernetes().WithBind().Variable("device", Device);

    /// <returns>A program, or why there is none; the text is upstream's.</returns>
    public static (CelProgram? Program, string Problem) Compile(string expression)
    {
        var compiled = Environment.Compile(expression);
        if (compiled.Program is not { } program)
            return (null, $"compilation failed: {compiled.Message}");
        return program.ResultType is { Kind: CelKind.Bool } or { IsAny: true } ? (program, "") : (null, $"must evaluate to bool or the unknown type, not {program.ResultType.FullName}");
    }

    /// <summary>By domain and name.</summary>
    private static CelType Qualified(CelType value) => Map(Domain, Map(Id, value).WithMaxElements(MostEntries)).WithMaxElements(MostEntries);
}
