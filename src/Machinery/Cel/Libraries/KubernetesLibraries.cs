namespace KubeSharp.Machinery.Cel;

internal static class KubernetesLibraries
{
    public static void AddTo(Declarations d) => StandardLibrary.AddTo(d);
}
