namespace KubeSharp.Kinds.Storage;

/// <summary>Cells that volumes and claims share.</summary>
internal static class VolumeCells
{
    public static string AccessModes(IReadOnlyList<string> modes) => string.Join(',', new[]
    {
        ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
    }.Where(m => modes.Contains(m.Item1)).Select(m => m.Item2));

    public static string Phase(ObjectMeta metadata, string phase) => metadata.DeletionTimestamp is null ? phase : "Terminating";
}
