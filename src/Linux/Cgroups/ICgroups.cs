namespace KubeSharp.Linux.Cgroups;

/// <summary>The kernel's groups of processes, in separate v1 hierarchies or in the one v2 tree.</summary>
/// <remarks>Paths are absolute from the hierarchies' roots: <c>/kubepods/burstable/podX</c>. Thread-safe.</remarks>
public interface ICgroups
{
    /// <summary>Makes the group and its ancestors in every hierarchy, ready to hold processes. May be repeated.</summary>
    void Create(string path);

    bool Exists(string path);

    /// <summary>Whether the group has this control file in a v2 tree that counts memory; never in v1.</summary>
    bool Has(string path, string file);

    void SetLimits(string path, CgroupLimits limits);

    /// <summary>The names of the groups directly below.</summary>
    IReadOnlyCollection<string> Children(string path);

    /// <summary>The processes in the group and below it.</summary>
    IReadOnlyCollection<int> Processes(string path);

    /// <returns><see langword="null"/> if there is no such group.</returns>
    CgroupUsage? Usage(string path);

    /// <summary>Kills what is in the group and below it, waits for the end, and removes the groups. May be repeated.</summary>
    /// <exception cref="IOException">Something in it does not die.</exception>
    Task RemoveAsync(string path, CancellationToken ct);
}
