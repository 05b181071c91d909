namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>Paths with every link in them followed, as realpath(3) does.</summary>
internal static class RealPath
{
    /// <summary>The kernel's own limit.</summary>
    private const int MaxLinks = 40;

    /// <exception cref="IOException">The links go round in circles.</exception>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Parts(Path.GetFullPath(path)));
        var at = "/";
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            var next = Path.Combine(at, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException($"too many levels of symbolic links in {path}");
            if (Path.IsPathRooted(target))
                at = "/";
            foreach (var step in Parts(target))
                rest.Push(step);
        }

        return at;
    }

    /// <summary>Last part first, as a stack wants them.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
