using System.Globalization;
using System.Text;

namespace KubeSharp.Store;

/// <summary>Copies of a store's file: one is written while the store is in use, also by another process, and becomes a store again.</summary>
public static class StoreBackup
{
    /// <summary>
    /// How far a restored store's revision leaps, as <c>etcdutl snapshot restore --bump-revision</c>: clients have seen revisions that the
    /// copy does not know, and these must not come again for something else.
    /// </summary>
    internal const long Leap = 1_000_000_000;

    /// <summary>Where a store says when it was restored. Beside the registry: nobody is served this.</summary>
    internal const string RestoredKey = "/kubesharp/restored";

    /// <summary>Writes what the store holds at this moment to a new file, readable by its owner only, and flushes it to the disk.</summary>
    /// <exception cref="StoreException">There is no store, it is damaged, or the copy cannot be written.</exception>
    public static void Write(string path, string copy)
    {
        if (!File.Exists(path))
            throw new StoreException($"There is no store at {path}.");

        using var database = Database.Open(path);
        StoreFile.Verify(database, long.MaxValue);
        Make(copy);
        database.Execute($"VACUUM INTO '{copy.Replace("'", "''", StringComparison.Ordinal)}'");
        Flush(copy);
    }

    /// <summary>
    /// Makes a store of a copy. Its objects are those of the copy; its revision is beyond all that were seen of the lost one, and whatever
    /// was before is compacted: who watches or reads an older revision is told that it is gone, rather than nothing.
    /// </summary>
    /// <exception cref="StoreException">There is a store already, it is in use, or the copy is none.</exception>
    public static void Restore(string copy, string path, TimeProvider clock)
    {
        if (!File.Exists(copy))
            throw new StoreException($"There is no copy at {copy}.");
        if (File.Exists(path))
            throw new StoreException($"There is a store at {path} already. Move it away to restore another in its place.");

        using var held = StoreFile.Lock(path);
        var made = path + ".restoring";
        foreach (var left in (string[])[made, made + "-wal", made + "-shm", path + "-wal", path + "-shm"])
            File.Delete(left); // of another life: a log that belongs to no file would be taken for this one's

        Make(made);
        File.Copy(copy, made, overwrite: true);
        using (var database = Database.Open(made))
        {
            StoreFile.Verify(database, long.MaxValue);
            database.Execute("PRAGMA journal_mode = DELETE"); // all in one file until it has its name
            database.Execute("PRAGMA synchronous = FULL");
            StoreFile.Upgrade(database);
            using var log = new LogWriter(database, clock, static _ => { });
            log.Begin();
            log.LeapTo(RestoredKey, Encoding.UTF8.GetBytes(clock.GetUtcNow().ToString("u", CultureInfo.InvariantCulture)), Leap);
            log.Commit();
        }

        Flush(made);
        File.Move(made, path);
    }

    private static void Make(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a file has a folder
            StoreFile.Create(path, FileMode.CreateNew).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The file {path} cannot be made: {e.Message}", e);
        }
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
