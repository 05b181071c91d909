namespace KubeSharp.Store;

/// <summary>The file on the disk: that it is ours, sound and only ours; and its layout.</summary>
/// <remarks>
/// <c>log</c> holds every change since the last compaction, and the last one of every key; <c>created</c> is 0 for a deletion and
/// <c>previous</c> the revision of the key's change before it. <c>current</c> says which change of a key is the present one.
/// <c>deleted</c> says which change took away a key that is absent now, while that is remembered.
/// <c>moments</c> says when (milliseconds since 1970) a revision was written, at most once a second: the revisions up to the next one are of
/// about the same time.
/// <c>meta</c>: <c>oldest</c> is the first revision that can still be asked for, <c>swept</c> how far the deletion of older ones has come,
/// <c>bytes</c> the size of what is not present, as of revision <c>counted</c>.
/// </remarks>
internal static class StoreFile
{
    private const int ApplicationId = 0x4B53_7374; // "KSst"
    private const int Version = 2;

    /// <summary>What the second layout has that the first had not.</summary>
    private const string Additions = """
        CREATE TABLE deleted (key TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE moments (revision INTEGER PRIMARY KEY, time INTEGER NOT NULL) STRICT;
        INSERT INTO meta VALUES ('bytes', 0);
        INSERT INTO meta VALUES ('counted', 0)
        """;

    private const string Layout = """
        CREATE TABLE log (
            revision INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, previous INTEGER NOT NULL,
            checksum INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
        CREATE INDEX log_key ON log (key, revision, created);
        CREATE TABLE current (key TEXT PRIMARY KEY, created INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('oldest', 1);
        INSERT INTO meta VALUES ('swept', 1)
        """;

    /// <summary>Takes the file for this process. The lock is gone when the stream is closed or the process dies, however it dies.</summary>
    /// <remarks>A file of its own: closing any descriptor of the database itself would drop SQLite's locks (POSIX locks belong to a process).</remarks>
    public static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a file has a folder
            return Create(path + ".lock", FileMode.OpenOrCreate);
        }
        catch (IOException e) when (IsLocked(path + ".lock"))
        {
            throw new StoreException($"The store {path} is in use by another process.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Opens the file for writing; an absent one is made.</summary>
    public static Database Open(SqliteStoreOptions options)
    {
        if (!File.Exists(options.Path))
            Create(options.Path, FileMode.OpenOrCreate).Dispose();

        options.AtPoint(CrashPoints.FileMade);
        var database = Database.Open(options.Path);
        try
        {
            if (database.Number("SELECT count(*) FROM sqlite_schema") == 0 && database.Number("PRAGMA application_id") == 0)
                Initialize(database, options.AtPoint);

            Verify(database, options.FullCheckBytes);
            Upgrade(database);
            Configure(database, options);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A file for its owner only.</summary>
    public static FileStream Create(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, // it holds every secret of the cluster
    });

    private static bool IsLocked(string path)
    {
        // Sharing is refused to FileShare.None only; without the wish for exclusivity the file can be opened.
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is IOException and not (FileNotFoundException or DirectoryNotFoundException);
        }
    }

    private static void Initialize(Database database, Action<string> atPoint)
    {
        database.Execute("PRAGMA auto_vacuum = INCREMENTAL"); // before the first page is written, or it has no effect
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("BEGIN IMMEDIATE");
        foreach (var statement in $"{Layout};{Additions}".Split(';'))
            database.Execute(statement);

        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {Version}");
        atPoint(CrashPoints.LayoutWritten);
        database.Execute("COMMIT");
    }

    /// <param name="fullCheckBytes">A larger file is not looked through: a start must not take the longer the more history there is.</param>
    /// <exception cref="StoreException">It is not ours, of another layout, or damaged.</exception>
    public static void Verify(Database database, long fullCheckBytes)
    {
        if (database.Number("PRAGMA application_id") != ApplicationId)
            throw new StoreException($"The file {database.Path} is not a KubeSharp store: it is a database of another program.");

        var version = database.Number("PRAGMA user_version");
        if (version is < 1 or > Version)
            throw new StoreException($"The store {database.Path} has layout {version}; this version of KubeSharp reads layouts up to {Version} only.");

        var isLarge = database.Number("PRAGMA page_count") * database.Number("PRAGMA page_size") > fullCheckBytes;
        if (database.Text($"PRAGMA quick_check({(isLarge ? "current" : "1")})") is not "ok" and var finding)
            throw new StoreException($"The store {database.Path} is damaged ({finding}). Restore it from a backup.");
    }

    /// <summary>Brings an older layout up to date, all or nothing. When what it holds was written is not known.</summary>
    public static void Upgrade(Database database)
    {
        if (database.Number("PRAGMA user_version") == Version)
            return;

        database.Execute("BEGIN IMMEDIATE");
        foreach (var statement in Additions.Split(';'))
            database.Execute(statement);
        database.Execute("INSERT INTO deleted SELECT key, max(revision) FROM log WHERE created = 0 AND key NOT IN (SELECT key FROM current) GROUP BY key");
        database.Execute($"PRAGMA user_version = {Version}");
        database.Execute("COMMIT");
    }

    private static void Configure(Database database, SqliteStoreOptions options)
    {
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("PRAGMA synchronous = FULL");
        database.Execute("PRAGMA journal_size_limit = 67108864"); // a WAL that a burst made large shrinks again
        database.Execute("PRAGMA cache_size = -32768");
        if (options.MaxBytes > 0)
            database.Execute($"PRAGMA max_page_count = {options.MaxBytes / database.Number("PRAGMA page_size")}");
    }
}
