using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace KubeSharp.SampleApiServer;

/// <summary>The greetings, in memory, with the changes since the start: a watch begins where a list ended.</summary>
public sealed class GreetingStore(TimeProvider clock)
{
    /// <summary>A watcher that is so far behind is cut off: it must list again.</summary>
    private const int MostWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Namespace, string Name), JsonObject> _all = [];
    private readonly List<(long Revision, string Type, JsonObject Object)> _changes = [];
    private readonly HashSet<Channel<(long Revision, string Type, JsonObject Object)>> _watchers = [];
    private long _revision = 1;

    /// <param name="ns">Empty for all.</param>
    public (IReadOnlyList<JsonObject> Items, long Revision) List(string ns)
    {
        lock (_gate)
            return ([.. _all.Where(g => ns.Length == 0 || g.Key.Namespace == ns).Select(g => (JsonObject)g.Value.DeepClone())], _revision);
    }

    public JsonObject? Find(string ns, string name)
    {
        lock (_gate)
            return (JsonObject?)_all.GetValueOrDefault((ns, name))?.DeepClone();
    }

    /// <returns>Null if the name is taken.</returns>
    public JsonObject? TryCreate(string ns, string name, JsonObject spec, Caller by)
    {
        lock (_gate)
        {
            if (_all.ContainsKey((ns, name)))
                return null;

            var made = new JsonObject
            {
                ["apiVersion"] = Documents.ApiVersion,
                ["kind"] = "Greeting",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = ns,
                    ["uid"] = Guid.NewGuid().ToString(),
                    ["creationTimestamp"] = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                },
                ["spec"] = spec.DeepClone(),
                ["status"] = new JsonObject { ["createdBy"] = by.User, ["groups"] = new JsonArray([.. by.Groups.Select(g => (JsonNode)g)]) },
            };
            Note_NeedsLock("ADDED", made);
            _all[(ns, name)] = made;
            return (JsonObject)made.DeepClone();
        }
    }

    /// <returns>The last state; null if there is none of that name.</returns>
    public JsonObject? TryDelete(string ns, string name)
    {
        lock (_gate)
        {
            if (!_all.Remove((ns, name), out var gone))
                return null;

            Note_NeedsLock("DELETED", gone);
            return (JsonObject)gone.DeepClone();
        }
    }

    /// <param name="after">The revision the watcher has seen; null to begin with all there is.</param>
    public async IAsyncEnumerable<(string Type, JsonObject Object)> WatchAsync(string ns, long? after, [EnumeratorCancellation] CancellationToken ct)
    {
        // When it is full the watcher is cut off by the writer, which must not wait.
        var changes = Channel.CreateBounded<(long Revision, string Type, JsonObject Object)>(MostWaiting);
        List<(long Revision, string Type, JsonObject Object)> first;
        lock (_gate)
        {
            _watchers.Add(changes);
            first = after is null ? [.. _all.Values.Select(o => (0L, "ADDED", o))] : [.. _changes.Where(c => c.Revision > after)];
        }

        try
        {
            foreach (var (_, type, obj) in first.Where(c => IsIn(ns, c.Object)))
                yield return (type, obj);
            await foreach (var (_, type, obj) in changes.Reader.ReadAllAsync(ct))
            {
                if (IsIn(ns, obj))
                    yield return (type, obj);
            }
        }
        finally
        {
            lock (_gate)
                _watchers.Remove(changes);
        }
    }

    private static bool IsIn(string ns, JsonObject obj) => ns.Length == 0 || (string?)obj["metadata"]!["namespace"] == ns;

    private void Note_NeedsLock(string type, JsonObject obj)
    {
        obj["metadata"]!["resourceVersion"] = (++_revision).ToString(CultureInfo.InvariantCulture);
        var change = (_revision, type, (JsonObject)obj.DeepClone());
        _changes.Add(change);
        _watchers.RemoveWhere(w => !w.Writer.TryWrite(change) && w.Writer.TryComplete());
    }
}
