namespace KubeSharp.Kinds.Storage;

/// <summary>How many may use a volume at once.</summary>
internal static class AccessModeRules
{
    private const string OnePod = "ReadWriteOncePod";

    private static readonly string[] Known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", OnePod];

    public static void AccessModes(this Findings findings, string field, IReadOnlyList<string> modes)
    {
        foreach (var mode in modes.Where(m => !Known.Contains(m)))
            findings.NotSupported(field, mode, Known);
        if (modes.Contains(OnePod) && modes.Any(m => m != OnePod && Known.Contains(m)))
            findings.Forbidden(field, "may not use ReadWriteOncePod with other access modes");
    }

    public static void VolumeMode(this Findings findings, string field, string? mode)
    {
        if (mode is not (null or "Block" or "Filesystem"))
            findings.NotSupported(field, mode, "Block", "Filesystem");
    }
}
