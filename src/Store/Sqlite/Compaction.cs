namespace KubeSharp.Store;

/// <summary>How the history is shortened, in steps of some milliseconds; each runs within a transaction of the writer loop.</summary>
internal sealed class Compaction(Database database, LogWriter log, Action<string> atPoint)
{
    /// <summary>Rows whose predecessors one step deletes.</summary>
    private const int SweepRows = 1_000;

    /// <summary>Pages given back to the file system in one step.</summary>
    private const int VacuumPages = 256;

    /// <summary>Free pages that are kept for the next writes rather than given back.</summary>
    private const int SparePages = 4_096;

    private long _noted = -1;

    /// <summary>How many bytes are history in a file that is being opened.</summary>
    public static long CountHistory(Database database)
    {
        // Noted now and then (see Note): only what came since has to be counted.
        var counted = database.Number("SELECT value FROM meta WHERE name = 'counted'");
        return database.Number("SELECT value FROM meta WHERE name = 'bytes'")
            + database.Number($"SELECT sum({LogRow.SizeSql("p")}) FROM log AS l CROSS JOIN log AS p ON p.revision = l.previous WHERE l.revision > {counted}")
            + database.Number($"SELECT sum({LogRow.SizeSql("l")}) FROM log AS l WHERE l.revision > {counted} AND l.created = 0");
    }

    /// <summary>The first revision that can be asked for.</summary>
    public long Oldest => database.Number("SELECT value FROM meta WHERE name = 'oldest'");

    /// <summary>The state at a time: the last revision that was not written later.</summary>
    /// <returns>No less than <see cref="Oldest"/>.</returns>
    public long RevisionAt(DateTimeOffset time)
    {
        var next = database.Number($"SELECT revision FROM moments WHERE time > {time.ToUnixTimeMilliseconds()} ORDER BY revision LIMIT 1");
        return Math.Max(Oldest, next > 0 ? next - 1 : log.Revision);
    }

    /// <summary>As <see cref="RevisionAt"/>, for a time shortly ago: looks from the other end.</summary>
    public long RecentAt(DateTimeOffset time)
    {
        var last = database.Number($"SELECT revision FROM moments WHERE time <= {time.ToUnixTimeMilliseconds()} ORDER BY revision DESC LIMIT 1");
        var next = database.Number($"SELECT revision FROM moments WHERE revision > {last} ORDER BY revision LIMIT 1");
        return Math.Max(Oldest, next > 0 ? next - 1 : log.Revision);
    }

    /// <summary>From now on nothing before the revision can be asked for.</summary>
    public void Forget(long revision)
    {
        var oldest = Math.Min(revision, log.Revision);
        if (oldest > Oldest)
            database.Execute($"UPDATE meta SET value = {oldest} WHERE name = 'oldest'");
        atPoint(CrashPoints.Forgotten);
    }

    public bool IsLongerThan(long bytes) => log.HistoryBytes > bytes;

    /// <summary>Forgets so much of what is oldest that the rest fits into a number of bytes.</summary>
    /// <param name="floor">Nothing at or after this revision is forgotten.</param>
    /// <returns>There is more to do, or something to sweep.</returns>
    public bool Trim(long bytes, long floor)
    {
        var surplus = log.HistoryBytes - bytes;
        var oldest = Oldest;
        if (surplus <= 0 || oldest >= floor)
            return false;

        using var rows = database.Prepare($"""
            SELECT l.revision, coalesce({LogRow.SizeSql("p")}, 0) + iif(l.created = 0, {LogRow.SizeSql("l")}, 0)
            FROM log AS l LEFT JOIN log AS p ON p.revision = l.previous
            WHERE l.revision >= {oldest} AND l.revision < {floor} ORDER BY l.revision LIMIT {SweepRows}
            """);
        var revision = floor;
        var count = 0;
        while (surplus > 0 && rows.Step())
        {
            revision = rows.Long(0) + 1;
            surplus -= rows.Long(1);
            count++;
        }

        Forget(count > 0 ? revision : floor);
        return true;
    }

    /// <summary>Deletes some of what was forgotten.</summary>
    /// <returns>There is more to do.</returns>
    /// <remarks>
    /// A row goes when the change that came after it can no longer be watched either; so each change that can be has its previous value,
    /// and the oldest revision is complete. Deletions go when they are forgotten themselves.
    /// </remarks>
    public bool Sweep()
    {
        var from = database.Number("SELECT value FROM meta WHERE name = 'swept'");
        var oldest = Oldest;
        if (from >= oldest)
            return false;

        // By rows, not by revisions: after a restore there is a leap between two of them.
        var next = database.Number($"SELECT revision FROM log WHERE revision >= {from} AND revision < {oldest} ORDER BY revision LIMIT 1 OFFSET {SweepRows}");
        var to = next > 0 ? next : oldest;
        var range = $"revision >= {from} AND revision < {to}";
        var previous = $"SELECT previous FROM log WHERE {range} AND previous > 0";
        log.Account(-database.Number($"SELECT sum({LogRow.SizeSql("l")}) FROM log AS l WHERE revision IN ({previous})"));
        log.Account(-database.Number($"SELECT sum({LogRow.SizeSql("l")}) FROM log AS l WHERE {range} AND created = 0"));
        database.Execute($"DELETE FROM deleted WHERE key IN (SELECT key FROM log WHERE {range} AND created = 0) AND revision < {to}");
        database.Execute($"DELETE FROM log WHERE revision IN ({previous})");
        database.Execute($"DELETE FROM log WHERE {range} AND created = 0");

        // The last time before what is kept is that of its first revisions.
        database.Execute($"DELETE FROM moments WHERE revision < (SELECT max(revision) FROM moments WHERE revision <= {to})");
        database.Execute($"UPDATE meta SET value = {to} WHERE name = 'swept'");
        _noted = -1;
        Note();
        atPoint(CrashPoints.Swept);
        return to < oldest;
    }

    /// <summary>Writes down how large the history is, for the next start.</summary>
    public void Note()
    {
        if (_noted == log.Revision)
            return;

        database.Execute($"UPDATE meta SET value = {log.HistoryBytes} WHERE name = 'bytes'");
        database.Execute($"UPDATE meta SET value = {log.Revision} WHERE name = 'counted'");
        _noted = log.Revision;
    }

    /// <summary>Gives some free pages at the end of the file back to the file system.</summary>
    /// <returns>There is more to do.</returns>
    public bool Shrink()
    {
        var free = database.Number("PRAGMA freelist_count");
        if (free <= Math.Max(SparePages, database.Number("PRAGMA page_count") / 4))
            return false;

        database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
        atPoint(CrashPoints.Shrunk);
        return true;
    }
}
