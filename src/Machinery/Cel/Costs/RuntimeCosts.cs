namespace KubeSharp.Machinery.Cel;

internal static class RuntimeCosts
{
    public static RuntimeCost? For(string function, string id) => null;
}
