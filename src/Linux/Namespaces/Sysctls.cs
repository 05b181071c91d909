namespace KubeSharp.Linux.Namespaces;

/// <summary>Kernel settings under <c>/proc/sys</c>; those of <c>net</c> belong to a network namespace.</summary>
/// <param name="ns">The namespace to set them in; null for the process's own.</param>
public sealed class Sysctls(NetworkNamespace? ns = null)
{
    /// <param name="name">As a path: <c>net/ipv4/ip_forward</c>.</param>
    /// <returns>Null if this kernel has no such setting.</returns>
    public string? Find(string name) => In(() => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)).Trim() : null);

    /// <summary>Writes the setting unless it already has the value.</summary>
    /// <exception cref="IOException">There is no such setting, or the kernel refuses the value.</exception>
    /// <exception cref="UnauthorizedAccessException">The setting is read-only here.</exception>
    public void Write(string name, string value)
    {
        // Rewriting an equal value is not harmless: ip_forward resets other settings of the namespace.
        if (Find(name) != value)
            In(() => { File.WriteAllText(PathOf(name), value); return true; });
    }

    private static string PathOf(string name) => "/proc/sys/" + name;

    private T In<T>(Func<T> work) => ns is null ? work() : ns.Run(work);
}
