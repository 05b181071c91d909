namespace KubeSharp.Store;

/// <summary>The writing connection: what can be done in one transaction. Used by the writer loop only.</summary>
internal sealed class LogWriter : IDisposable
{
    /// <summary>How far the times of revisions are apart, in milliseconds.</summary>
    private const long MomentStep = 1_000;

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _find;
    private readonly Statement _valueAt;
    private readonly Statement _append;
    private readonly Statement _point;
    private readonly Statement _forget;
    private readonly Statement _bury;
    private readonly Statement _unbury;
    private readonly Statement _moment;
    private readonly LogRow _rows;
    private readonly List<Change> _changes = [];
    private State _committed;
    private State _state;
    private long _historyBytes;
    private long _now;

    /// <param name="atPoint">Called at each of <see cref="CrashPoints"/> that lies in a transaction.</param>
    public LogWriter(Database database, TimeProvider clock, Action<string> atPoint)
    {
        (_database, _clock) = (database, clock);
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

        _bury = database.Prepare("INSERT INTO deleted (key, revision) VALUES (?1, ?2)");
        _unbury = database.Prepare("DELETE FROM deleted WHERE key = ?1");
        _moment = database.Prepare("INSERT INTO moments (revision, time) VALUES (?1, ?2)");

        _committed = _state = new(
            // Compaction never deletes the newest row, so this never goes back. An empty store has revision 1, as in etcd.
            Math.Max(1, database.Number("SELECT max(revision) FROM log")),
            Compaction.CountHistory(database),
            database.Number("SELECT max(time) FROM moments"));
        _historyBytes = _state.HistoryBytes;
        Compaction = new(database, this, atPoint);
    }

    /// <summary>What a transaction changes besides the file.</summary>
    /// <param name="HistoryBytes">The size of what is not present.</param>
    /// <param name="Moment">The last time that was noted, in milliseconds since 1970.</param>
    private readonly record struct State(long Revision, long HistoryBytes, long Moment);

    public long Revision => _state.Revision;

    /// <summary>About how many bytes the file has that are not present, within the transaction.</summary>
    public long HistoryBytes => _state.HistoryBytes;

    /// <summary>The same as of the last commit; for any thread.</summary>
    public long CommittedHistoryBytes => Volatile.Read(ref _historyBytes);

    public Compaction Compaction { get; }

    public void Begin()
    {
        _begin.Run();
        _state = _committed;
        _now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        _changes.Clear();
    }

    /// <returns>The changes that are now durable and visible.</returns>
    public IReadOnlyList<Change> Commit()
    {
        _commit.Run();
        _committed = _state;
        Volatile.Write(ref _historyBytes, _state.HistoryBytes);
        return _changes;
    }

    public void Rollback()
    {
        _changes.Clear();
        _state = _committed;
        if (_database.InTransaction)
            _database.Execute("ROLLBACK");
    }

    public long? Put(string key, ReadOnlyMemory<byte> value, long expected)
    {
        var (created, previous) = Find(key);
        if (previous != expected)
            return null;

        var revision = _state.Revision + 1;
        created = previous > 0 ? created : revision;
        Append(revision, key, created, previous, value.Span);
        _point.Bind(1, key).Bind(2, created).Bind(3, revision).Run();
        if (previous == 0)
            _unbury.Bind(1, key).Run();
        _changes.Add(new(ChangeType.Put, new(key, value, created, revision), previous > 0 ? Superseded(key, previous) : default));
        return revision;
    }

    public long? Delete(string key, long expected)
    {
        var (created, previous) = Find(key);
        if (previous == 0 || previous != expected)
            return null;

        var revision = _state.Revision + 1;
        Append(revision, key, created: 0, previous, []);
        _forget.Bind(1, key).Run();
        _bury.Bind(1, key).Bind(2, revision).Run();
        var last = Superseded(key, previous);
        Account(LogRow.SizeOf(key, 0));
        _changes.Add(new(ChangeType.Delete, new(key, last, created, revision), last));
        return revision;
    }

    /// <summary>Writes a key at a revision far beyond, and forgets all that was before.</summary>
    public void LeapTo(string key, ReadOnlyMemory<byte> value, long leap)
    {
        var (_, last) = Find(key);
        _state = _state with { Revision = _state.Revision + leap };
        Put(key, value, last);
        Compaction.Forget(Revision);
    }

    /// <summary>Bytes that are history from now on; negative: that are gone.</summary>
    public void Account(long bytes) => _state = _state with { HistoryBytes = Math.Max(0, _state.HistoryBytes + bytes) };

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _commit, _find, _valueAt, _append, _point, _forget, _bury, _unbury, _moment])
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

    /// <summary>The value of a version that is history from now on.</summary>
    private byte[] Superseded(string key, long revision)
    {
        var value = ValueAt(revision);
        Account(LogRow.SizeOf(key, value.Length));
        return value;
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

    private void Append(long revision, string key, long created, long previous, ReadOnlySpan<byte> value)
    {
        _append.Bind(1, revision).Bind(2, key).Bind(3, created).Bind(4, previous)
            .Bind(5, Checksum.Of(revision, key, created, previous, value))
            .BindBytes(6, value).Run();
        _state = _state with { Revision = revision };

        // A clock that goes back adds nothing: the times of revisions never decrease.
        if (_now < _state.Moment + MomentStep)
            return;

        _moment.Bind(1, revision).Bind(2, _now).Run();
        _state = _state with { Moment = _now };
    }
}
