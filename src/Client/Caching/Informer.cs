using KubeSharp.Client.Watching;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Client.Caching;

/// <inheritdoc cref="IInformer{T}"/>
/// <remarks>
/// Handlers run under the delivery lock, which keeps their order and joins a new subscriber to the stream without gap or repeat. They may
/// read any informer. A thread that subscribes must not hold a lock that a handler takes.
/// </remarks>
internal sealed partial class Informer<T>(ILogger log) : IInformer<T>
    where T : class, IObject<T>
{
    private readonly ObjectCache<T> _cache = new();
    private readonly Lock _delivery = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<T?, T?>[] _handlers = [];

    public bool HasSynced => _synced.Task.IsCompleted;

    public Task WaitForSyncAsync(CancellationToken ct) => _synced.Task.WaitAsync(ct);

    public T? Find(ObjectKey key) => _cache.Find(key);

    public IReadOnlyCollection<T> List(string ns = "") => _cache.List(ns);

    public IReadOnlyCollection<T> ByIndex(string index, string value) => _cache.ByIndex(index, value);

    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf) => _cache.AddIndex(name, valuesOf);

    public IDisposable Subscribe(Action<T?, T?> handler)
    {
        lock (_delivery)
        {
            foreach (var obj in _cache.List())
                Call(handler, null, obj);
            _handlers = [.. _handlers, handler];
        }

        return new Subscription(this, handler);
    }

    public Task RunAsync(Watcher<T> watcher, CancellationToken ct) => watcher.RunAsync(Replace, Apply, ct);

    /// <summary>Takes a list as the whole truth: what it lacks was deleted while nobody watched.</summary>
    internal void Replace(ListResult<T> list)
    {
        lock (_delivery)
        {
            var listed = new HashSet<ObjectKey>(list.Items.Count);
            foreach (var obj in list.Items)
                listed.Add(ObjectKey.Of(obj));
            foreach (var gone in _cache.List())
            {
                if (!listed.Contains(ObjectKey.Of(gone)))
                    Remove_NeedsLock(gone);
            }

            foreach (var obj in list.Items)
                Put_NeedsLock(obj);
        }

        _synced.TrySetResult();
    }

    internal void Apply(WatchChange<T> change)
    {
        lock (_delivery)
        {
            if (change.Type == WatchChangeType.Deleted)
                Remove_NeedsLock(change.Object);
            else
                Put_NeedsLock(change.Object);
        }
    }

    private void Put_NeedsLock(T obj)
    {
        var key = ObjectKey.Of(obj);
        var old = _cache.Find(key);
        if (old is not null && old.Metadata.ResourceVersion.Length > 0 && old.Metadata.ResourceVersion == obj.Metadata.ResourceVersion)
            return; // a list repeats what is known

        if (old is not null && old.Metadata.Uid != obj.Metadata.Uid)
        {
            Remove_NeedsLock(old); // another object of the same name: users are told of the end of the first
            old = null;
        }

        obj = WithoutOwners(obj);
        _cache.Put(key, obj);
        Tell_NeedsLock(old, obj);
    }

    /// <summary>
    /// Who owns which fields is often half of an object, and no component of ours asks for it. An update without the list leaves it as it is at the
    /// server.
    /// </summary>
    private static T WithoutOwners(T obj) =>
        obj.Metadata.ManagedFields.Count == 0 ? obj : (T)obj.CopyWith(obj.Metadata with { ManagedFields = Nil.List<Machinery.MetaV1.ManagedFieldsEntry>() });

    /// <param name="last">The object as it was at its end.</param>
    private void Remove_NeedsLock(T last)
    {
        var key = ObjectKey.Of(last);
        if (_cache.Find(key) is null)
            return;

        _cache.Remove(key);
        Tell_NeedsLock(last, null);
    }

    private void Tell_NeedsLock(T? old, T? current)
    {
        foreach (var handler in _handlers)
            Call(handler, old, current);
    }

    /// <summary>The boundary between the informer and its users: the bug of one must not blind the others.</summary>
    private void Call(Action<T?, T?> handler, T? old, T? current)
    {
        try
        {
            handler(old, current);
        }
        catch (Exception e)
        {
            HandlerFailed(e, T.Type.Kind, ObjectKey.Of((current ?? old)!)); // one of the two is always there
        }
    }

    private void Unsubscribe(Action<T?, T?> handler)
    {
        lock (_delivery)
        {
            var at = Array.IndexOf(_handlers, handler);
            if (at >= 0)
                _handlers = [.. _handlers[..at], .. _handlers[(at + 1)..]];
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A handler of changes failed on {Kind} {Key}; this is a bug")]
    private partial void HandlerFailed(Exception e, string kind, ObjectKey key);

    private sealed class Subscription(Informer<T> informer, Action<T?, T?> handler) : IDisposable
    {
        private Action<T?, T?>? _handler = handler;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _handler, null) is { } mine)
                informer.Unsubscribe(mine);
        }
    }
}
