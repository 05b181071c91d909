namespace KubeSharp.Kinds.Rules;

/// <summary>Paths inside volumes, where <c>..</c> would lead out.</summary>
internal static class FilePathRules
{
    /// <summary>A relative path that stays below its root.</summary>
    public static void Descending(this Findings findings, string field, string path)
    {
        if (path.StartsWith('/'))
            findings.Invalid(field, path, "must be a relative path");
        findings.NoBacksteps(field, path);
    }

    /// <summary>As <see cref="Descending"/>, and not named like the links that atomic updates of a volume use.</summary>
    public static void NotReserved(this Findings findings, string field, string path)
    {
        findings.Descending(field, path);
        // A path that begins with ".." but is no backstep, such as "..data".
        if (path.StartsWith("..", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal))
            findings.Invalid(field, path, "must not start with '..'");
    }

    public static void NoBacksteps(this Findings findings, string field, string path)
    {
        if (path.Split('/').Contains(".."))
            findings.Invalid(field, path, "must not contain '..'");
    }
}
