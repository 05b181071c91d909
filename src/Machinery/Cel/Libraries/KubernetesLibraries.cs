namespace KubeSharp.Machinery.Cel;

/// <summary>What v1.36 offers wherever expressions are allowed, in upstream's order.</summary>
internal static class KubernetesLibraries
{
    public static void AddTo(Declarations d)
    {
        d.IsStrict = true;
        StandardLibrary.AddTo(d);
        UrlLibrary.AddTo(d);
        RegexFunctions.AddTo(d);
        OptionalLibrary.AddTo(d);
        QuantityLibrary.AddTo(d);
        StringLibrary.AddTo(d);
        NetworkLibrary.AddTo(d);
        FormatLibrary.AddTo(d);
        SemverLibrary.AddTo(d);
        ListLibrary.AddTo(d);
    }
}
