using KubeSharp.Machinery.Cel;

namespace KubeSharp.ApiServer.Admission.Expressions;

/// <summary>An expression of a policy or webhook, compiled; one that does not compile says so whenever it is evaluated. The texts are upstream's.</summary>
internal sealed class Expression
{
    private readonly CelProgram? _program;
    private readonly string _fault = "";

    private Expression(string source, CelCompilation compilation)
    {
        (Source, _program) = (source, compilation.Program);
        if (_program is null)
            _fault = $"compilation error: compilation failed: {compilation.Message}";
    }

    public string Source { get; }

    /// <summary>The type of the result; <see langword="null"/> if it does not compile.</summary>
    public CelType? Type => _program?.ResultType;

    /// <param name="expected">What it must give; <see langword="null"/> for anything.</param>
    public static Expression Compile(string source, CelEnvironment environment, CelType? expected) => new(source, expected is null ? environment.Compile(source) : environment.Compile(source, expected));

    /// <returns>The value, or why there is none (empty for a value).</returns>
    public (CelValue Value, string Error) Evaluate(CelBindings bindings, CostMeter cost, CancellationToken ct)
    {
        if (_program is null)
            return (default, _fault);

        var outcome = cost.Evaluate(_program, bindings, ct);
        return outcome.Error switch
        {
            null => (outcome.Value, ""),
            { IsCostLimit: true } => (default, "validation failed due to running out of cost budget, no further validation rules will be run"),
            var error => (default, $"expression '{Source}' resulted in error: {error.Message}"),
        };
    }
}
