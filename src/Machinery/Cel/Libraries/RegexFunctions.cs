namespace KubeSharp.Machinery.Cel;

internal static class RegexFunctions
{
    public static CelOverload Prepare(CelOverload overload, Node[] args) => overload;

    public static CelValue Matches(ReadOnlySpan<CelValue> args) => CelValue.Error("not yet");
}
