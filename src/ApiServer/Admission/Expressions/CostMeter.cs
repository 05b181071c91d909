using KubeSharp.Machinery.Cel;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>What a group of expressions may still cost together. Not thread-safe.</summary>
internal sealed class CostMeter(ulong budget)
{
    public ulong Left { get; private set; } = budget;

    public CelOutcome Evaluate(CelProgram program, CelBindings bindings, CancellationToken ct)
    {
        var outcome = program.Evaluate(bindings, Math.Min(Left, CelLimits.PerCall), ct);
        Left -= Math.Min(Left, outcome.Cost);
        return outcome;
    }
}
