using KubeSharp.Machinery.Cel;

namespace KubeSharp.Machinery.Tests.Cel;

internal static class Programs
{
    public static CelProgram Compiled(CelEnvironment environment, string expression)
    {
        var compilation = environment.Compile(expression);
        return compilation.Program ?? throw new InvalidOperationException(compilation.Message);
    }

    public static CelOutcome Run(this CelProgram program, CelBindings bindings, ulong budget = CelLimits.PerCall) =>
        program.Evaluate(bindings, budget, TestContext.Current.CancellationToken);
}
