namespace KubeSharp.Store;

/// <summary>A reading connection and what all reads need of the log.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _revision;
    private readonly Statement _oldest;
    private readonly Statement _at;
    private readonly Statement _row;
    private readonly LogRow _rows;

    public LogReader(string path)
    {
        Database = Database.Open(path);
        Database.Execute("PRAGMA query_only = ON");
        Database.Execute("PRAGMA cache_size = -8192");
        _rows = new(Database);
        _begin = Database.Prepare("BEGIN");
        _end = Database.Prepare("COMMIT");
        _revision = Database.Prepare("SELECT max(revision) FROM log");
        _oldest = Database.Prepare("SELECT value FROM meta WHERE name = 'oldest'");
        _at = Database.Prepare("SELECT revision, created FROM log INDEXED BY log_key WHERE key = ?1 AND revision <= ?2 ORDER BY revision DESC LIMIT 1");
        _row = Database.Prepare($"SELECT {LogRow.Columns} FROM log AS l WHERE l.revision = ?1");
    }

    public Database Database { get; }

    /// <summary>The first revision that can be asked for. Within a snapshot.</summary>
    public long Oldest => _oldest.Number();

    /// <summary>Reads in one snapshot and leaves no transaction open, so that the WAL can be reset.</summary>
    /// <param name="read">Gets the newest revision.</param>
    public T InSnapshot<T>(Func<long, T> read)
    {
        _begin.Run();
        try
        {
            return read(Math.Max(1, _revision.Number()));
        }
        finally
        {
            _end.Run();
        }
    }

    /// <summary>The key's last change up to a revision, and whether the key was there after it.</summary>
    public (long Revision, bool IsThere) RevisionAt(string key, long revision)
    {
        try
        {
            return _at.Bind(1, key).Bind(2, revision).Step() ? (_at.Long(0), _at.Long(1) > 0) : default;
        }
        finally
        {
            _at.Reset();
        }
    }

    public LogRow.Content? Row(long revision)
    {
        try
        {
            return _row.Bind(1, revision).Step() ? _rows.Read(_row) : null;
        }
        finally
        {
            _row.Reset();
        }
    }

    /// <summary>Reads the row on which a statement stands that selects <see cref="LogRow.Columns"/>.</summary>
    public LogRow.Content Read(Statement statement) => _rows.Read(statement);

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _end, _revision, _oldest, _at, _row])
            statement.Dispose();

        Database.Dispose();
    }
}
