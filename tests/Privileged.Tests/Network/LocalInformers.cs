using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Privileged.Tests.Network;

/// <summary>Informers whose objects the test sets.</summary>
internal sealed class LocalInformers : IInformers
{
    private readonly Dictionary<Type, object> _byType = [];
    private readonly Lock _gate = new();

    public IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T> => For<T>();

    IInformer<T> IInformers.For<T>() => For<T>();

    public LocalInformer<T> For<T>()
        where T : class, IObject<T>
    {
        lock (_gate)
        {
            if (!_byType.TryGetValue(typeof(T), out var informer))
                _byType.Add(typeof(T), informer = new LocalInformer<T>());
            return (LocalInformer<T>)informer;
        }
    }
}

internal sealed class LocalInformer<T> : IInformer<T>
    where T : class, IObject<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = [];
    private readonly Dictionary<(string, string), HashSet<ObjectKey>> _index = [];
    private readonly List<Action<T?, T?>> _handlers = [];

    public bool HasSynced => true;

    public Task WaitForSyncAsync(CancellationToken ct) => Task.CompletedTask;

    public void Set(T obj) => Change(ObjectKey.Of(obj), obj);

    public void Delete(string ns, string name) => Change(new(ns, name), null);

    public T? Find(ObjectKey key)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(key);
    }

    public IReadOnlyCollection<T> List(string ns = "")
    {
        lock (_gate)
            return [.. _objects.Values.Where(o => ns.Length == 0 || o.Metadata.Namespace == ns)];
    }

    public IReadOnlyCollection<T> ByIndex(string index, string value)
    {
        lock (_gate)
            return [.. _index.GetValueOrDefault((index, value), []).Select(k => _objects[k])];
    }

    public IDisposable Subscribe(Action<T?, T?> handler)
    {
        lock (_gate)
        {
            _handlers.Add(handler);
            foreach (var obj in _objects.Values)
                handler(null, obj);
        }

        return new Subscription(() =>
        {
            lock (_gate)
                _handlers.Remove(handler);
        });
    }

    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf)
    {
        lock (_gate)
        {
            _indexes[name] = valuesOf;
            foreach (var obj in _objects.Values)
                Index(obj);
        }
    }

    private void Change(ObjectKey key, T? now)
    {
        lock (_gate)
        {
            var old = _objects.GetValueOrDefault(key);
            _objects.Remove(key);
            foreach (var (name, valuesOf) in _indexes)
            {
                foreach (var value in old is null ? [] : valuesOf(old))
                    _index[(name, value)].Remove(key);
            }

            if (now is not null)
            {
                _objects[key] = now;
                Index(now);
            }

            _handlers.ForEach(h => h(old, now));
        }
    }

    private void Index(T obj)
    {
        foreach (var (name, valuesOf) in _indexes)
        {
            foreach (var value in valuesOf(obj))
            {
                if (!_index.TryGetValue((name, value), out var keys))
                    _index.Add((name, value), keys = []);
                keys.Add(ObjectKey.Of(obj));
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
