namespace KubeSharp.Store;

/// <summary>Reads rows of the log and refuses those that are not what was written.</summary>
internal sealed class LogRow(Database database)
{
    public const string Columns = "l.revision, l.key, l.created, l.previous, l.checksum, l.value";

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
