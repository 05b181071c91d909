namespace KubeSharp.Scheduler.Tests;

/// <summary>Caches that the test fills itself.</summary>
internal sealed class FakeInformers : IInformers
{
    private readonly Dictionary<Type, object> _informers = [];

    public IInformer<T> For<T>()
        where T : class, IObject<T> => Of<T>();

    public IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T> => Of<T>();

    public FakeInformer<T> Of<T>()
        where T : class, IObject<T>
    {
        lock (_informers)
        {
            if (!_informers.TryGetValue(typeof(T), out var informer))
                _informers[typeof(T)] = informer = new FakeInformer<T>();
            return (FakeInformer<T>)informer;
        }
    }
}

internal sealed class FakeInformer<T> : IInformer<T>
    where T : class, IObject<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly List<Action<T?, T?>> _handlers = [];

    public bool HasSynced => true;

    public Task WaitForSyncAsync(CancellationToken ct) => Task.CompletedTask;

    public void Put(T obj)
    {
        lock (_gate)
        {
            var old = _objects.GetValueOrDefault(ObjectKey.Of(obj));
            _objects[ObjectKey.Of(obj)] = obj;
            _handlers.ForEach(h => h(old, obj));
        }
    }

    public void Delete(ObjectKey key)
    {
        lock (_gate)
        {
            if (_objects.Remove(key, out var old))
                _handlers.ForEach(h => h(old, null));
        }
    }

    public T? Find(ObjectKey key)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(key);
    }

    public IReadOnlyCollection<T> List(string ns = "")
    {
        lock (_gate)
            return [.. _objects.Values];
    }

    public IReadOnlyCollection<T> ByIndex(string index, string value) => throw new NotSupportedException();

    public IDisposable Subscribe(Action<T?, T?> handler)
    {
        lock (_gate)
        {
            foreach (var obj in _objects.Values)
                handler(null, obj);
            _handlers.Add(handler);
        }

        return new Subscription();
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf) => throw new NotSupportedException();

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
