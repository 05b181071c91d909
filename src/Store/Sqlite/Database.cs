using SQLitePCL;

namespace KubeSharp.Store;

/// <summary>One SQLite connection. Not for several threads at once; every failure is a <see cref="StoreException"/>.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle, string path) => (_handle, Path) = (handle, path);

    public string Path { get; }

    /// <summary>A transaction is open: a failed statement does not always end it.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public static Database Open(string path)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle, path);
        try
        {
            database.Check(code);

            // Readers and the writer do not wait for each other in WAL mode; only recovery after a crash takes a lock.
            database.Check(raw.sqlite3_busy_timeout(handle, 5_000));
            database.Check(raw.sqlite3_extended_result_codes(handle, 1));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new(this, statement);
    }

    /// <summary>Runs a statement that is not worth keeping, to its end.</summary>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>The first column of the first row; 0 without one.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    public string Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw Failure(code);
    }

    public void Dispose() => _handle.Dispose();

    private StoreException Failure(int code)
    {
        var detail = $"{raw.sqlite3_errmsg(_handle).utf8_to_string()}, SQLite code {code}";
        return new((code & 0xFF) switch
        {
            raw.SQLITE_FULL => $"The store {Path} cannot grow: its disk or its quota is full ({detail}). Writes are refused until there is space.",
            raw.SQLITE_IOERR => $"The store {Path} met an input/output error ({detail}). Check the disk.",
            raw.SQLITE_CORRUPT => $"The store {Path} is damaged ({detail}). Restore it from a backup.",
            raw.SQLITE_NOTADB => $"The file {Path} is not a KubeSharp store ({detail}).",
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN => $"The store {Path} cannot be opened for writing ({detail}). Check its owner, its mode and the mount.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"The store {Path} is in use by another process ({detail}).",
            raw.SQLITE_TOOBIG => $"The store {Path} cannot hold so large a value ({detail}).",
            _ => $"The store {Path} failed ({detail}).",
        });
    }
}
