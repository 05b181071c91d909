namespace KubeSharp.Machinery.Cel;

internal static class Validators
{
    public static void Check(Expr expr, CelIssues issues)
    {
    }
}
