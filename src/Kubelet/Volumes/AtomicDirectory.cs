using System.Globalization;
using KubeSharp.Linux.Files;

namespace KubeSharp.Kubelet.Volumes;

/// <param name="Owner"><see langword="null"/>: root.</param>
internal sealed record ProjectedFile(ReadOnlyMemory<byte> Content, UnixFileMode Mode, uint? Owner = null);

/// <summary>A directory whose files change all at one moment, as upstream's volumes do and programs that watch them expect.</summary>
/// <remarks>
/// <code>
/// key            -> ..data/key
/// ..data         -> ..2006_01_02_15_04_05.1234
/// ..2006_…/key      the content
/// </code>
/// A change is a new dated directory and one rename of <c>..data</c>. Nothing is synced: after a power cut the volume is made anew.
/// </remarks>
internal sealed class AtomicDirectory(string target, TimeProvider clock)
{
    private const string Current = "..data";
    private const UnixFileMode Listable = (UnixFileMode)0b111_101_101;

    /// <summary>Makes the directory hold exactly these files, by their relative paths.</summary>
    /// <param name="prepare">Sets ownership in the new directory before anybody sees it.</param>
    /// <returns>Whether anything had to change.</returns>
    /// <exception cref="VolumeSetupException">A path is absolute or leads out.</exception>
    public bool Write(IReadOnlyDictionary<string, ProjectedFile> files, Action<string> prepare)
    {
        foreach (var path in files.Keys)
            CheckPath(path);

        var old = new FileInfo(Path.Combine(target, Current)).LinkTarget;
        if (old is not null && IsSame(Path.Combine(target, old), files))
        {
            LinkNames(files.Keys);
            return false;
        }

        var fresh = WriteFresh(files, old ?? "");
        prepare(Path.Combine(target, fresh));
        var link = Path.Combine(target, "..data_tmp");
        File.Delete(link);
        File.CreateSymbolicLink(link, fresh);
        DurableFile.Replace(link, Path.Combine(target, Current));
        LinkNames(files.Keys);
        if (old is not null && Directory.Exists(Path.Combine(target, old)))
            Directory.Delete(Path.Combine(target, old), recursive: true);
        return true;
    }

    private static void CheckPath(string path)
    {
        if (path.Length == 0 || path[0] == '/')
            throw new VolumeSetupException($"invalid path: must be relative path: {path}");
        if (path.StartsWith("..", StringComparison.Ordinal) || path.Split('/').Contains(".."))
            throw new VolumeSetupException($"invalid path: must not contain or start with '..': {path}");
    }

    private static bool IsSame(string directory, IReadOnlyDictionary<string, ProjectedFile> files)
    {
        if (!Directory.Exists(directory))
            return false;

        var found = Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).ToList();
        return found.Count == files.Count && found.All(path =>
            files.TryGetValue(Path.GetRelativePath(directory, path), out var file) && file.Content.Span.SequenceEqual(File.ReadAllBytes(path)));
    }

    private string WriteFresh(IReadOnlyDictionary<string, ProjectedFile> files, string old)
    {
        var stamp = clock.GetUtcNow().ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture);

        // Never a name that was in use in this second: somebody may still be reading by it.
        var first = old.StartsWith($"..{stamp}.", StringComparison.Ordinal)
            && int.TryParse(old.AsSpan(stamp.Length + "...".Length), CultureInfo.InvariantCulture, out var last) ? last + 1 : 0;
        string name;
        for (var i = first; ; i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"..{stamp}.{i}");
            if (!Path.Exists(Path.Combine(target, name)))
                break;
        }

        var directory = Path.Combine(target, name);
        MakeDirectory(directory);
        foreach (var (relative, file) in files)
        {
            var path = Path.Combine(directory, relative);
            foreach (var parent in Parents(relative))
                MakeDirectory(Path.Combine(directory, parent));
            using (var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
                RandomAccess.Write(handle, file.Content.Span, 0);
            File.SetUnixFileMode(path, file.Mode); // past our umask
            if (file.Owner is { } owner)
                Ownership.Set(path, owner, Ownership.Same);
        }

        return name;
    }

    private static IEnumerable<string> Parents(string relative)
    {
        for (var slash = relative.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = relative.IndexOf('/', slash + 1))
            yield return relative[..slash];
    }

    private static void MakeDirectory(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Listable);
    }

    /// <summary>The names a container sees, one link for each first part of a path; those no longer wanted go.</summary>
    private void LinkNames(IEnumerable<string> paths)
    {
        var wanted = paths.Select(p => p.Split('/')[0]).ToHashSet();
        foreach (var name in wanted)
        {
            var link = Path.Combine(target, name);
            if (new FileInfo(link).LinkTarget is null)
                File.CreateSymbolicLink(link, Path.Combine(Current, name));
        }

        foreach (var entry in new DirectoryInfo(target).EnumerateFileSystemInfos())
        {
            if (!entry.Name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(entry.Name) && entry.LinkTarget is not null)
                File.Delete(entry.FullName);
        }
    }
}
