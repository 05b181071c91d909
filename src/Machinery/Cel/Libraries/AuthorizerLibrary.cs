namespace KubeSharp.Machinery.Cel;

internal static class AuthorizerLibrary
{
    public static void AddTo(Declarations d)
    {
    }
}
