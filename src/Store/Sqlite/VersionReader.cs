namespace KubeSharp.Store;

/// <summary>Reads of the past, over a connection that others use too.</summary>
internal sealed class VersionReader : IDisposable
{
    private readonly LogReader _log;
    private readonly Statement _next;
    private readonly Statement _versions;
    private readonly Statement _deleted;
    private readonly Statement _moment;

    public VersionReader(LogReader log)
    {
        _log = log;
        _next = log.Database.Prepare("SELECT revision FROM log INDEXED BY log_key WHERE key = ?1 AND revision > ?2 ORDER BY revision LIMIT 1");
        _versions = log.Database.Prepare("SELECT revision, created FROM log INDEXED BY log_key WHERE key = ?1 AND revision < ?2 ORDER BY revision DESC");
        _deleted = log.Database.Prepare("SELECT revision FROM deleted WHERE key >= ?1 AND key < ?2 AND revision >= ?3 ORDER BY key");
        _moment = log.Database.Prepare("SELECT time FROM moments WHERE revision <= ?1 ORDER BY revision DESC LIMIT 1");
    }

    public Entry? FindAt(string key, long revision) => _log.InSnapshot(newest =>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, newest);
        var oldest = _log.Oldest;
        var (at, isThere) = _log.RevisionAt(key, revision);
        if (revision < oldest)
        {
            // What was still there when the history began was there at all times since it was written.
            var isKept = isThere && (_next.Bind(1, key).Bind(2, at).Number() is var next && (next == 0 || next >= oldest));
            if (!isKept)
                throw new CompactedException(revision, oldest);
        }

        return isThere ? _log.Row(at)?.Entry : null;
    });

    public VersionPage Versions(VersionQuery query) => _log.InSnapshot(newest =>
    {
        var (page, oldest) = (new PageBuilder(query.Limit), _log.Oldest);
        try
        {
            _versions.Bind(1, query.Key).Bind(2, query.Before > 0 ? query.Before : long.MaxValue);
            while (_versions.Step())
            {
                var (revision, isDeletion) = (_versions.Long(0), _versions.Long(1) == 0);
                if (revision < oldest && isDeletion)
                    break;
                if (!page.TryAdd(VersionOf(revision)))
                    return page.ToPage(newest, isLast: false);
                if (revision < oldest)
                    break; // what it was when the history began; what is before that only waits for its removal
            }
        }
        finally
        {
            _versions.Reset();
        }

        return page.ToPage(newest, isLast: true);
    });

    public VersionPage Deleted(DeletedQuery query) => _log.InSnapshot(newest =>
    {
        var page = new PageBuilder(query.Limit);
        try
        {
            _deleted.BindText(1, KeyOrder.FirstOf(new(query.Prefix, query.After))).BindText(2, KeyOrder.EndOf(query.Prefix)).Bind(3, _log.Oldest);
            while (_deleted.Step())
            {
                if (!page.TryAdd(VersionOf(_deleted.Long(0))))
                    return page.ToPage(newest, isLast: false);
            }
        }
        finally
        {
            _deleted.Reset();
        }

        return page.ToPage(newest, isLast: true);
    });

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_next, _versions, _deleted, _moment])
            statement.Dispose();
    }

    /// <summary>A change that is in this snapshot.</summary>
    private KeyVersion VersionOf(long revision)
    {
        var row = Row(revision);
        DateTimeOffset? time = _moment.Bind(1, revision).Number() is > 0 and var milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        if (!row.IsDeletion)
            return new(ChangeType.Put, row.Entry, row.Previous, time);

        var last = Row(row.Previous).Entry; // compaction keeps what a deletion that is kept has deleted
        return new(ChangeType.Delete, last with { ModRevision = revision }, row.Previous, time);
    }

    private LogRow.Content Row(long revision) => _log.Row(revision)
        ?? throw new StoreException($"The store {_log.Database.Path} is damaged: revision {revision} is missing. Restore it from a backup.");
}
