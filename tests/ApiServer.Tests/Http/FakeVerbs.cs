using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Kinds;
using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;
using WatchEvent = KubeSharp.ApiServer.Verbs.WatchEvent;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>The verbs over a dictionary, with no rules at all: enough to see what HTTP does with them.</summary>
internal sealed class FakeVerbs : IResourceVerbs
{
    private readonly Dictionary<(ServedResource, ObjectKey), CachedObject> _objects = [];
    private readonly List<Channel<WatchEvent>> _watchers = [];
    private long _revision = 100;

    public FakeVerbs() => All = [.. Build()];

    public IReadOnlyList<ServedResource> All { get; }

    /// <summary>What the last call was given.</summary>
    public object? Seen { get; private set; }

    /// <summary>Thrown by the next call.</summary>
    public Exception? Fault { get; set; }

    public int Watchers => _watchers.Count;

    public ServedResource? Find(string group, string version, string plural) =>
        All.FirstOrDefault(r => r.Type.Group == group && r.Type.Version == version && r.Type.Plural == plural);

    public CachedObject Put(ServedResource resource, IObject obj)
    {
        var revision = ++_revision;
        var stored = new Stored(resource, obj.CopyWith(obj.Metadata with { ResourceVersion = revision.ToString(CultureInfo.InvariantCulture) }), revision);
        var isNew = !_objects.ContainsKey((resource, stored.Key));
        _objects[(resource, stored.Key)] = stored;
        Tell(new(isNew ? WatchEventType.Added : WatchEventType.Modified, stored));
        return stored;
    }

    public void Tell(WatchEvent change) => _watchers.ForEach(w => w.Writer.TryWrite(change));

    public void EndWatches() => _watchers.ForEach(w => w.Writer.TryComplete());

    public ValueTask<CachedObject> GetAsync(ServedResource resource, ObjectKey key, string resourceVersion, CancellationToken ct)
    {
        Throw();
        return new(_objects.GetValueOrDefault((resource, key)) ?? throw ApiException.NotFound(resource.Type.Group, resource.Type.Plural, key.Name));
    }

    public ValueTask<ListAnswer> ListAsync(ServedResource resource, ListOptions options, CancellationToken ct)
    {
        Throw();
        Seen = options;
        return new(new ListAnswer(resource, [.. _objects.Values.Where(o => o.Resource == resource && (options.Namespace.Length == 0 || o.Key.Namespace == options.Namespace))], _revision.ToString(CultureInfo.InvariantCulture)));
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(ServedResource resource, ListOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        Throw();
        Seen = options;
        var channel = Channel.CreateBounded<WatchEvent>(100);
        _watchers.Add(channel);
        await foreach (var change in channel.Reader.ReadAllAsync(ct))
            yield return change;
    }

    public Task<CachedObject> CreateAsync(ServedResource resource, IObject posted, WriteOptions options, CancellationToken ct)
    {
        Throw();
        Seen = options;
        return _objects.ContainsKey((resource, ObjectKey.Of(posted)))
            ? throw ApiException.AlreadyExists(resource.Type.Group, resource.Type.Plural, posted.Metadata.Name)
            : Task.FromResult(Put(resource, posted));
    }

    public Task<(CachedObject Object, bool IsNew)> UpdateAsync(ServedResource resource, ObjectKey key, string subresource, IObject posted, WriteOptions options, CancellationToken ct)
    {
        Throw();
        Seen = (subresource, options);
        return Task.FromResult((Put(resource, posted), false));
    }

    public Task<(CachedObject Object, bool IsNew)> PatchAsync(ServedResource resource, ObjectKey key, string subresource, PatchBody patch, WriteOptions options, CancellationToken ct)
    {
        Throw();
        Seen = patch;
        return Task.FromResult((_objects[(resource, key)], false));
    }

    public Task<DeleteAnswer> DeleteAsync(ServedResource resource, ObjectKey key, DeleteOptions body, WriteOptions options, CancellationToken ct)
    {
        Throw();
        Seen = (body, options);
        return _objects.Remove((resource, key), out var gone)
            ? Task.FromResult(new DeleteAnswer(gone, true))
            : throw ApiException.NotFound(resource.Type.Group, resource.Type.Plural, key.Name);
    }

    public Task ConnectAsync(ServedResource resource, ObjectKey key, string subresource, IObject asked, WriteOptions options, CancellationToken ct)
    {
        Throw();
        return Task.CompletedTask;
    }

    public async Task<ListAnswer> DeleteCollectionAsync(ServedResource resource, ListOptions which, DeleteOptions body, WriteOptions options, CancellationToken ct) =>
        await ListAsync(resource, which, ct);

    private static IEnumerable<ServedResource> Build()
    {
        var kinds = new BuiltIn(TimeProvider.System);
        var subresources = ApiCatalog.All.Where(t => t.Subresource.Length > 0).ToLookup(t => (t.Group, t.Version, t.Plural));
        return from type in ApiCatalog.All
               where type.Subresource.Length == 0
               let kind = kinds.Find(type.Group, type.Version, type.Kind)
               where kind is not null
               select new ServedResource(type, kind, type.StorageVersionHash.Length > 0 ? $"/registry/{type.Plural}/" : "")
               {
                   Subresources = subresources[(type.Group, type.Version, type.Plural)].ToDictionary(s => s.Subresource),
               };
    }

    private void Throw()
    {
        if (Fault is { } fault)
            throw fault;
    }

    private sealed class Stored(ServedResource resource, IObject obj, long revision) : CachedObject
    {
        public override ServedResource Resource => resource;

        public override ObjectKey Key => ObjectKey.Of(obj);

        public override long Revision => revision;

        public override ReadOnlyMemory<byte> Json { get; } = Machinery.Json.EncodeObject(obj);

        public override IObject Object => obj;

        public override IReadOnlyDictionary<string, string> Labels => obj.Metadata.Labels;

        public override IReadOnlyDictionary<string, string> Fields => new Dictionary<string, string>();
    }
}
