namespace KubeSharp.Store;

/// <summary>The writing connection: what can be done in one transaction. Used by the writer loop only.</summary>
internal sealed class LogWriter : IDisposable
{
    /// <summary>Rows whose predecessors one step of compaction deletes: some milliseconds of work.</summary>
    private const int SweepRows = 1_000;

    /// <summary>Pages given back to the file system in one step.</summary>
    private const int VacuumPages = 256;

    /// <summary>Free pages that are kept for the next writes rather than given back.</summary>
    private const int SparePages = 4_096;

    private readonly Database _database;
    private readonly Action<string> _atPoint;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _find;
    private readonly Statement _valueAt;
    private readonly Statement _append;
    private readonly Statement _point;
    private readonly Statement _forget;
    private readonly LogRow _rows;
    private readonly List<Change> _changes = [];
    private long _committed;
    private long _revision;

    public LogWriter(Database database, Action<string> atPoint)
    {
        (_database, _atPoint) = (database, atPoint);
        _rows = new(database);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _find = database.Prepare("SELECT created, revision FROM current WHERE key = ?1");
        _valueAt = database.Prepare($"SELECT {LogRow.Columns} FROM log AS l WHERE l.revision = ?1");
        _append = database.Prepare("INSERT INTO log (revision, key, created, previous, checksum, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _point = database.Prepare("""
            INSERT INTO current (key, created, revision) VALUES (?1, ?2, ?3)
            ON CONFLICT (key) DO UPDATE SET revision = excluded.revision
            """);
        _forget = database.Prepare("DELETE FROM current WHERE key = ?1");

        // Compaction never deletes the newest row, so this never goes back. An empty store has revision 1, as in etcd.
        _committed = _revision = Math.Max(1, database.Number("SELECT max(revision) FROM log"));
    }

    public long Revision => _committed;

    public void Begin()
    {
        _begin.Run();
        _revision = _committed;
        _changes.Clear();
    }

    /// <returns>The changes that are now durable and visible.</returns>
    public IReadOnlyList<Change> Commit()
    {
        _commit.Run();
        _committed = _revision;
        return _changes;
    }

    public void Rollback()
    {
        _changes.Clear();
        _revision = _committed;
        if (_database.InTransaction)
            _database.Execute("ROLLBACK");
    }

    public long? Put(string key, ReadOnlyMemory<byte> value, long expected)
    {
        var (created, previous) = Find(key);
        if (previous != expected)
            return null;

        var revision = ++_revision;
        created = previous > 0 ? created : revision;
        Append(revision, key, created, previous, value.Span);
        _point.Bind(1, key).Bind(2, created).Bind(3, revision).Run();
        _changes.Add(new(ChangeType.Put, new(key, value, created, revision), previous > 0 ? ValueAt(previous) : default));
        return revision;
    }

    public long? Delete(string key, long expected)
    {
        var (created, previous) = Find(key);
        if (previous == 0 || previous != expected)
            return null;

        var revision = ++_revision;
        Append(revision, key, created: 0, previous, []);
        _forget.Bind(1, key).Run();
        var last = ValueAt(previous);
        _changes.Add(new(ChangeType.Delete, new(key, last, created, revision), last));
        return revision;
    }

    /// <summary>Writes a key at a revision far beyond, and forgets all that was before.</summary>
    public void LeapTo(string key, ReadOnlyMemory<byte> value, long leap)
    {
        var (_, last) = Find(key);
        _revision += leap;
        Put(key, value, last);
        Forget(_revision);
    }

    /// <summary>From now on nothing before the revision can be asked for.</summary>
    public void Forget(long revision)
    {
        _database.Execute($"UPDATE meta SET value = max(value, {Math.Min(revision, _revision)}) WHERE name = 'oldest'");
        _atPoint(CrashPoints.Forgotten);
    }

    /// <summary>Deletes some of what was forgotten.</summary>
    /// <returns>There is more to do.</returns>
    /// <remarks>
    /// A row goes when the change that came after it can no longer be watched either; so each change that can be has its previous value,
    /// and the oldest revision is complete. Deletions go when they are forgotten themselves.
    /// </remarks>
    public bool Sweep()
    {
        var from = _database.Number("SELECT value FROM meta WHERE name = 'swept'");
        var oldest = _database.Number("SELECT value FROM meta WHERE name = 'oldest'");
        if (from >= oldest)
            return false;

        // By rows, not by revisions: after a restore there is a leap between two of them.
        var next = _database.Number($"SELECT revision FROM log WHERE revision >= {from} AND revision < {oldest} ORDER BY revision LIMIT 1 OFFSET {SweepRows}");
        var to = next > 0 ? next : oldest;

        _database.Execute($"DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision >= {from} AND revision < {to} AND previous > 0)");
        _database.Execute($"DELETE FROM log WHERE revision >= {from} AND revision < {to} AND created = 0");
        _database.Execute($"UPDATE meta SET value = {to} WHERE name = 'swept'");
        _atPoint(CrashPoints.Swept);
        return to < oldest;
    }

    /// <summary>Gives some free pages at the end of the file back to the file system.</summary>
    /// <returns>There is more to do.</returns>
    public bool Shrink()
    {
        var free = _database.Number("PRAGMA freelist_count");
        if (free <= Math.Max(SparePages, _database.Number("PRAGMA page_count") / 4))
            return false;

        _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
        _atPoint(CrashPoints.Shrunk);
        return true;
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _commit, _find, _valueAt, _append, _point, _forget])
            statement.Dispose();

        _database.Dispose();
    }

    private (long Created, long Revision) Find(string key)
    {
        try
        {
            return _find.Bind(1, key).Step() ? (_find.Long(0), _find.Long(1)) : default;
        }
        finally
        {
            _find.Reset();
        }
    }

    private byte[] ValueAt(long revision)
    {
        try
        {
            return _valueAt.Bind(1, revision).Step()
                ? _rows.Read(_valueAt).Entry.Value.ToArray()
                : throw new StoreException($"The store {_database.Path} is damaged: revision {revision} is missing. Restore it from a backup.");
        }
        finally
        {
            _valueAt.Reset();
        }
    }

    private void Append(long revision, string key, long created, long previous, ReadOnlySpan<byte> value) => _append
        .Bind(1, revision).Bind(2, key).Bind(3, created).Bind(4, previous)
        .Bind(5, Checksum.Of(revision, key, created, previous, value))
        .BindBytes(6, value).Run();
}
