using KubeSharp.Store;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>One write to the store, decoded when asked.</summary>
internal sealed record JournalEntry(long Revision, string Key, ReadOnlyMemory<byte> Value, bool IsDeletion)
{
    public T As<T>()
        where T : class, IObject<T>
    {
        var obj = Json.Decode<T>(Value.ToArray());
        return obj.With(obj.Metadata with { ResourceVersion = $"{Revision}" });
    }
}

/// <summary>
/// Every write of a cluster in the order of the store: what holds "at every moment" is checked here, and waiting is for the next write,
/// never for time.
/// </summary>
internal sealed class Journal(MemoryStore store)
{
    private readonly Lock _gate = new();
    private readonly List<JournalEntry> _entries = [];
    private readonly Dictionary<string, JournalEntry> _current = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next write.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
                return _next.Task;
        }
    }

    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>The revision of the last write known here.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
                return _entries.Count == 0 ? 0 : _entries[^1].Revision;
        }
    }

    /// <summary>All writes of a kind, in order; a deletion holds the last value.</summary>
    public IReadOnlyList<JournalEntry> Of<T>()
        where T : class, IObject<T> => [.. Entries.Where(e => e.Key.StartsWith(PrefixOf<T>(), StringComparison.Ordinal))];

    public IReadOnlyList<T> List<T>(string ns = "")
        where T : class, IObject<T>
    {
        var prefix = PrefixOf<T>() + (ns.Length > 0 ? ns + "/" : "");
        List<JournalEntry> found;
        lock (_gate)
            found = [.. _current.Values.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))];
        return [.. found.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => e.As<T>())];
    }

    public T? Find<T>(string name, string ns = "")
        where T : class, IObject<T>
    {
        lock (_gate)
            return _current.GetValueOrDefault(PrefixOf<T>() + (ns.Length > 0 ? ns + "/" : "") + name)?.As<T>();
    }

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var change in store.WatchAsync("/registry/", 0, ct))
        {
            var entry = new JournalEntry(change.Entry.ModRevision, change.Entry.Key, change.Entry.Value, change.Type == ChangeType.Delete);
            TaskCompletionSource done;
            lock (_gate)
            {
                _entries.Add(entry);
                if (entry.IsDeletion)
                    _current.Remove(entry.Key);
                else
                    _current[entry.Key] = entry;
                done = _next;
                _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            done.SetResult();
        }
    }

    /// <summary>Upstream's layout in etcd, where some names are older than their plurals.</summary>
    private static string PrefixOf<T>()
        where T : class, IObject<T> => "/registry/" + T.Type.Plural switch
        {
            "services" => "services/specs",
            "endpoints" => "services/endpoints",
            "nodes" => "minions",
            "replicationcontrollers" => "controllers",
            var plural => plural,
        } + "/";
}
