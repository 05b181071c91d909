namespace KubeSharp.Machinery.Cel;

internal static class MutationLibrary
{
    public static void AddTo(Declarations d)
    {
    }
}
