namespace KubeSharp.Kinds.Rules;

/// <summary>Takes every expression as it is: what is wrong with it shows when it is evaluated, where the failure policy decides.</summary>
internal sealed class UncheckedExpressions : IExpressions
{
    public IEnumerable<string> Problems(string expression, ExpressionContext context) => [];
}
