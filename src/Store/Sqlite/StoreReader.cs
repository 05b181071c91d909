namespace KubeSharp.Store;

/// <summary>One reading connection. Each call sees one snapshot and leaves no transaction open, so that the WAL can be reset.</summary>
internal sealed class StoreReader : IDisposable
{
    private readonly Database _database;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _revision;
    private readonly Statement _oldest;
    private readonly Statement _find;
    private readonly Statement _range;
    private readonly Statement _count;
    private readonly Statement _keysAt;
    private readonly Statement _row;
    private readonly Statement _history;
    private readonly LogRow _rows;

    public StoreReader(string path)
    {
        _database = Database.Open(path);
        _database.Execute("PRAGMA query_only = ON");
        _database.Execute("PRAGMA cache_size = -8192");
        _rows = new(_database);
        _begin = _database.Prepare("BEGIN");
        _end = _database.Prepare("COMMIT");
        _revision = _database.Prepare("SELECT max(revision) FROM log");
        _oldest = _database.Prepare("SELECT value FROM meta WHERE name = 'oldest'");
        _find = _database.Prepare($"SELECT {LogRow.Columns} FROM current AS c CROSS JOIN log AS l ON l.revision = c.revision WHERE c.key = ?1");

        // CROSS JOIN: the planner must walk the keys in order and look up the values, whatever it believes about sizes.
        _range = _database.Prepare($"""
            SELECT {LogRow.Columns} FROM current AS c CROSS JOIN log AS l ON l.revision = c.revision
            WHERE c.key >= ?1 AND c.key < ?2 ORDER BY c.key LIMIT ?3
            """);
        _count = _database.Prepare("SELECT count(*) FROM current WHERE key >= ?1 AND key < ?2");

        // "created" is that of the row with the greatest revision: SQLite's rule for bare columns beside max().
        _keysAt = _database.Prepare("""
            SELECT max(revision), created FROM log INDEXED BY log_key
            WHERE key >= ?1 AND key < ?2 AND revision <= ?3 GROUP BY key ORDER BY key
            """);
        _row = _database.Prepare($"SELECT {LogRow.Columns} FROM log AS l WHERE l.revision = ?1");

        // The unary plus keeps the planner from the index by key: the order is that of revisions.
        _history = _database.Prepare($"""
            SELECT {LogRow.Columns} FROM log AS l
            WHERE l.revision > ?1 AND +l.key >= ?2 AND +l.key < ?3 ORDER BY l.revision LIMIT ?4
            """);
    }

    public Entry? Find(string key)
    {
        try
        {
            return _find.Bind(1, key).Step() ? _rows.Read(_find).Entry : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public RangeResult Range(RangeQuery query) => InSnapshot(newest =>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Revision, newest);
        if (query.Revision > 0 && query.Revision < Number(_oldest))
            throw new CompactedException(query.Revision, Number(_oldest));

        var (first, end) = (KeyOrder.FirstOf(query), KeyOrder.EndOf(query.Prefix));
        return query.Revision is 0 || query.Revision == newest
            ? RangeNow(first, end, query.Limit, newest)
            : RangeAt(first, end, query.Limit, query.Revision);
    });

    /// <summary>Reads changes after a revision, at most <paramref name="limit"/> of those with the prefix.</summary>
    public HistoryPage History(string prefix, long after, int limit) => InSnapshot(newest =>
    {
        var oldest = Number(_oldest);
        if (after < oldest - 1)
            throw new CompactedException(after, oldest);

        var changes = new List<Change>();
        try
        {
            _history.Bind(1, after).Bind(2, prefix).BindText(3, KeyOrder.EndOf(prefix)).Bind(4, limit);
            while (_history.Step())
                changes.Add(ChangeOf(_rows.Read(_history)));
        }
        finally
        {
            _history.Reset();
        }

        return changes.Count < limit
            ? new HistoryPage(changes, newest, IsLast: true)
            : new HistoryPage(changes, changes[^1].Entry.ModRevision, IsLast: false);
    });

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _end, _revision, _oldest, _find, _range, _count, _keysAt, _row, _history])
            statement.Dispose();

        _database.Dispose();
    }

    private RangeResult RangeNow(byte[] first, byte[] end, int limit, long newest)
    {
        var entries = new List<Entry>();
        try
        {
            _range.BindText(1, first).BindText(2, end).Bind(3, limit > 0 ? limit : -1);
            while (_range.Step())
                entries.Add(_rows.Read(_range).Entry);
        }
        finally
        {
            _range.Reset();
        }

        if (limit == 0 || entries.Count < limit)
            return new(entries, newest, Remaining: 0);

        var next = KeyOrder.FirstOf(new("", After: entries[^1].Key));
        return new(entries, newest, Number(_count.BindText(1, next).BindText(2, end)));
    }

    private RangeResult RangeAt(byte[] first, byte[] end, int limit, long revision)
    {
        var (entries, remaining) = (new List<Entry>(), 0L);
        try
        {
            _keysAt.BindText(1, first).BindText(2, end).Bind(3, revision);
            while (_keysAt.Step())
            {
                if (_keysAt.Long(1) == 0)
                    continue; // deleted by then

                if (limit > 0 && entries.Count == limit)
                    remaining++;
                else
                    entries.Add(Row(_keysAt.Long(0))!.Value.Entry);
            }
        }
        finally
        {
            _keysAt.Reset();
        }

        return new(entries, revision, remaining);
    }

    private Change ChangeOf(LogRow.Content row)
    {
        var previous = row.Previous > 0 ? Row(row.Previous) : null;
        if (!row.IsDeletion)
            return new(ChangeType.Put, row.Entry, previous?.Entry.Value ?? default);

        // Compaction keeps what a deletion that can still be watched has deleted.
        var last = previous!.Value.Entry;
        return new(ChangeType.Delete, last with { ModRevision = row.Entry.ModRevision }, last.Value);
    }

    private LogRow.Content? Row(long revision)
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

    private T InSnapshot<T>(Func<long, T> read)
    {
        _begin.Run();
        try
        {
            return read(Math.Max(1, Number(_revision)));
        }
        finally
        {
            _end.Run();
        }
    }

    private static long Number(Statement statement)
    {
        try
        {
            return statement.Step() ? statement.Long(0) : 0;
        }
        finally
        {
            statement.Reset();
        }
    }
}
