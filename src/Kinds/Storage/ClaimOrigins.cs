namespace KubeSharp.Kinds.Storage;

/// <summary>What a claim's volume is filled from. Two fields say it: the old one knows claims and snapshots only and drops the rest, the new one takes all.</summary>
internal static class ClaimOrigins
{
    /// <param name="old">The spec before; <see langword="null"/> for a new claim. What it has it may keep.</param>
    public static PersistentVolumeClaimSpec Normalize(PersistentVolumeClaimSpec spec, PersistentVolumeClaimSpec? old)
    {
        var source = spec.DataSource is { } given && (IsKnown(given) || old?.DataSource is not null) ? given : null;
        // Other namespaces are behind a gate that is off.
        var reference = spec.DataSourceRef is { Namespace: not null } elsewhere && old?.DataSourceRef?.Namespace is null
            ? elsewhere with { Namespace = null }
            : spec.DataSourceRef;
        if (reference is { Namespace.Length: > 0 })
            return spec with { DataSource = source, DataSourceRef = reference };

        return spec with
        {
            DataSource = source ?? (reference is null ? null : new() { ApiGroup = reference.ApiGroup, Kind = reference.Kind, Name = reference.Name }),
            DataSourceRef = reference ?? (source is null ? null : new() { ApiGroup = source.ApiGroup, Kind = source.Kind, Name = source.Name }),
        };
    }

    private static bool IsKnown(TypedLocalObjectReference source) => (source.ApiGroup ?? "", source.Kind) is
        ("", "PersistentVolumeClaim") or ("snapshot.storage.k8s.io", "VolumeSnapshot");
}
