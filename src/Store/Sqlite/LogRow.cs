using System.Text;

namespace KubeSharp.Store;

/// <summary>Reads rows of the log and refuses those that are not what was written.</summary>
internal sealed class LogRow(Database database)
{
    public const string Columns = "l.revision, l.key, l.created, l.previous, l.checksum, l.value";

    /// <summary>What a row takes in the file besides key and value: its header, and its place in the index.</summary>
    private const int Overhead = 64;

    /// <summary><see cref="SizeOf"/> of a row of the log that goes by this name, in SQL.</summary>
    public static string SizeSql(string row) => $"(octet_length({row}.key) + length({row}.value) + {Overhead})";

    /// <summary>About how many bytes a row takes.</summary>
    public static long SizeOf(string key, int valueLength) => Encoding.UTF8.GetByteCount(key) + valueLength + Overhead;

    public Content Read(Statement statement)
    {
        var (revision, key, created, previous) = (statement.Long(0), statement.Text(1), statement.Long(2), statement.Long(3));
        var value = statement.Bytes(5);
        if (Checksum.Of(revision, key, created, previous, value) != statement.Long(4))
            throw new StoreException($"The store {database.Path} is damaged: revision {revision} of {key} is not what was written. Restore it from a backup.");

        return new(new(key, value, created, revision), previous);
    }

    public readonly record struct Content(Entry Entry, long Previous)
    {
        public bool IsDeletion => Entry.CreateRevision == 0;
    }
}
