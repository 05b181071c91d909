namespace KubeSharp.Store;

/// <summary>One reading connection. Each call sees one snapshot and leaves no transaction open, so that the WAL can be reset.</summary>
internal sealed class StoreReader : IDisposable
{
    private readonly LogReader _log;
    private readonly Statement _find;
    private readonly Statement _range;
    private readonly Statement _count;
    private readonly Statement _keysAt;
    private readonly Statement _history;

    public StoreReader(string path)
    {
        _log = new(path);
        Versions = new(_log);
        var database = _log.Database;
        _find = database.Prepare($"SELECT {LogRow.Columns} FROM current AS c CROSS JOIN log AS l ON l.revision = c.revision WHERE c.key = ?1");

        // CROSS JOIN: the planner must walk the keys in order and look up the values, whatever it believes about sizes.
        _range = database.Prepare($"""
            SELECT {LogRow.Columns} FROM current AS c CROSS JOIN log AS l ON l.revision = c.revision
            WHERE c.key >= ?1 AND c.key < ?2 ORDER BY c.key LIMIT ?3
            """);
        _count = database.Prepare("SELECT count(*) FROM current WHERE key >= ?1 AND key < ?2");

        // Every key that was there at a revision is there now or was deleted since. Both halves are walked in order and merged.
        _keysAt = database.Prepare("""
            SELECT key, revision, 1 FROM current WHERE key >= ?1 AND key < ?2
            UNION ALL SELECT key, revision, 0 FROM deleted WHERE key >= ?1 AND key < ?2 AND revision > ?3
            ORDER BY 1
            """);

        // The unary plus keeps the planner from the index by key: the order is that of revisions.
        _history = database.Prepare($"""
            SELECT {LogRow.Columns} FROM log AS l
            WHERE l.revision > ?1 AND +l.key >= ?2 AND +l.key < ?3 ORDER BY l.revision LIMIT ?4
            """);
    }

    /// <summary>Reads of the past.</summary>
    public VersionReader Versions { get; }

    public Entry? Find(string key)
    {
        try
        {
            return _find.Bind(1, key).Step() ? _log.Read(_find).Entry : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public RangeResult Range(RangeQuery query) => _log.InSnapshot(newest =>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Revision, newest);
        if (query.Revision > 0 && query.Revision < _log.Oldest)
            throw new CompactedException(query.Revision, _log.Oldest);

        var (first, end) = (KeyOrder.FirstOf(query), KeyOrder.EndOf(query.Prefix));
        return query.Revision is 0 || query.Revision == newest
            ? RangeNow(first, end, query.Limit, newest)
            : RangeAt(first, end, query.Limit, query.Revision);
    });

    /// <summary>Reads changes after a revision, at most <paramref name="limit"/> of those with the prefix.</summary>
    public HistoryPage History(string prefix, long after, int limit) => _log.InSnapshot(newest =>
    {
        var oldest = _log.Oldest;
        if (after < oldest - 1)
            throw new CompactedException(after, oldest);

        var changes = new List<Change>();
        try
        {
            _history.Bind(1, after).Bind(2, prefix).BindText(3, KeyOrder.EndOf(prefix)).Bind(4, limit);
            while (_history.Step())
                changes.Add(ChangeOf(_log.Read(_history)));
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
        foreach (var statement in (Statement[])[_find, _range, _count, _keysAt, _history])
            statement.Dispose();

        Versions.Dispose();
        _log.Dispose();
    }

    private RangeResult RangeNow(byte[] first, byte[] end, int limit, long newest)
    {
        var entries = new List<Entry>();
        try
        {
            _range.BindText(1, first).BindText(2, end).Bind(3, limit > 0 ? limit : -1);
            while (_range.Step())
                entries.Add(_log.Read(_range).Entry);
        }
        finally
        {
            _range.Reset();
        }

        if (limit == 0 || entries.Count < limit)
            return new(entries, newest, Remaining: 0);

        var next = KeyOrder.FirstOf(new("", After: entries[^1].Key));
        return new(entries, newest, _count.BindText(1, next).BindText(2, end).Number());
    }

    private RangeResult RangeAt(byte[] first, byte[] end, int limit, long revision)
    {
        var (entries, remaining) = (new List<Entry>(), 0L);
        try
        {
            _keysAt.BindText(1, first).BindText(2, end).Bind(3, revision);
            while (_keysAt.Step())
            {
                var (at, isThere) = (_keysAt.Long(1), _keysAt.Long(2) == 1);
                if (at > revision)
                    (at, isThere) = _log.RevisionAt(_keysAt.Text(0), revision);
                if (!isThere)
                    continue;

                if (limit > 0 && entries.Count == limit)
                    remaining++;
                else
                    entries.Add(_log.Row(at)!.Value.Entry);
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
        var previous = row.Previous > 0 ? _log.Row(row.Previous) : null;
        if (!row.IsDeletion)
            return new(ChangeType.Put, row.Entry, previous?.Entry.Value ?? default);

        // Compaction keeps what a deletion that can still be watched has deleted.
        var last = previous!.Value.Entry;
        return new(ChangeType.Delete, last with { ModRevision = row.Entry.ModRevision }, last.Value);
    }
}
