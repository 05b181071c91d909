namespace KubeSharp.ApiServer.History;

/// <summary>Tells from managedFields who wrote a version. Pure.</summary>
internal static class VersionManagers
{
    /// <summary>What lies between the time in managedFields (whole seconds, taken before the write) and that of the write.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>Empty if nobody's entry is of the time of the write: the server's own writes (bindings, deletion marks) leave no entry.</summary>
    public static string Of(ObjectMeta metadata, DateTimeOffset? written)
    {
        var last = metadata.ManagedFields.Where(m => m.Time is not null).MaxBy(m => m.Time);
        return last is not null && (written is null || last.Time >= written - Tolerance) ? last.Manager : "";
    }
}
