using System.Text.Json.Nodes;
using KubeSharp.Client;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>
/// An API server in memory for pods, with its watch: status patches merge as a strategic merge patch does, deletion is graceful
/// until the grace is zero, a uid is a precondition.
/// </summary>
internal sealed class FakeApi(TimeProvider clock) : IClient, IInformers, IInformer<Pod>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Pod> _pods = [];
    private readonly List<Action<Pod?, Pod?>> _handlers = [];
    private readonly FakeInformer<Node> _nodes = new();
    private long _version;

    /// <summary>Every patch of a status, as sent.</summary>
    public List<string> Patches { get; } = [];

    /// <summary>Set to make every request fail as a server that is away does.</summary>
    public bool IsAway { get; set; }

    public bool HasSynced => true;

    public FakeInformer<Node> Nodes => _nodes;

    public Pod Add(Pod pod)
    {
        lock (_gate)
        {
            var key = ObjectKey.Of(pod);
            var stored = Versioned(pod with { Metadata = pod.Metadata with { CreationTimestamp = clock.GetUtcNow() } });
            _pods.TryGetValue(key, out var old);
            _pods[key] = stored;
            Notify_NeedsLock(old, stored);
            return stored;
        }
    }

    public Pod? Get(string name, string ns = "default")
    {
        lock (_gate)
            return _pods.GetValueOrDefault(new(ns, name));
    }

    public void Change(string name, Func<Pod, Pod> change)
    {
        lock (_gate)
        {
            var old = _pods[new("default", name)];
            var now = change(old);
            now = Versioned(now with { Metadata = now.Metadata with { Generation = now.Metadata.Generation + (now.Spec == old.Spec ? 0 : 1) } });
            _pods[ObjectKey.Of(now)] = now;
            Notify_NeedsLock(old, now);
        }
    }

    /// <summary>What <c>kubectl delete</c> does.</summary>
    public void Delete(string name, long grace) => Change(name, p => p with
    {
        Metadata = p.Metadata with { DeletionTimestamp = clock.GetUtcNow().AddSeconds(grace), DeletionGracePeriodSeconds = grace },
    });

    /// <summary>What <c>kubectl delete --force --grace-period=0</c> does.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            if (_pods.Remove(new("default", name), out var old))
                Notify_NeedsLock(old, null);
        }
    }

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T>
    {
        ThrowIfAway();
        return Task.FromResult(Find(key) as T);
    }

    public Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T>
    {
        ThrowIfAway();
        lock (_gate)
        {
            var body = JsonNode.Parse(patch.Body.Span)!.AsObject();
            if (!_pods.TryGetValue(key, out var old))
                throw ApiException.NotFound("", "pods", key.Name);
            if (body["metadata"]?["uid"]?.GetValue<string>() is { } uid && uid != old.Metadata.Uid)
                throw ApiException.Conflict("", "pods", key.Name, "the uid differs");

            Patches.Add(System.Text.Encoding.UTF8.GetString(patch.Body.Span));
            var document = JsonNode.Parse(Json.Encode(old))!.AsObject();
            var status = document["status"]!.AsObject();
            foreach (var (name, value) in body["status"]!.AsObject().ToList())
                Merge(status, name, value?.DeepClone());
            var now = Versioned(Json.Decode<Pod>(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString())));
            _pods[key] = now;
            Notify_NeedsLock(old, now);
            return Task.FromResult((T)(object)now);
        }
    }

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T>
    {
        ThrowIfAway();
        lock (_gate)
        {
            if (!_pods.TryGetValue(key, out var old) || old.Metadata.Uid != request.Uid || request.GracePeriodSeconds != 0)
                return Task.FromResult(false);
            _pods.Remove(key);
            Notify_NeedsLock(old, null);
            return Task.FromResult(true);
        }
    }

    public IInformer<T> For<T>()
        where T : class, IObject<T> => (IInformer<T>)(typeof(T) == typeof(Pod) ? (object)this : _nodes);

    public IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T> => For<T>();

    public Pod? Find(ObjectKey key)
    {
        lock (_gate)
            return _pods.GetValueOrDefault(key);
    }

    public IReadOnlyCollection<Pod> List(string ns = "")
    {
        lock (_gate)
            return [.. _pods.Values];
    }

    public IReadOnlyCollection<Pod> ByIndex(string index, string value) => throw new NotSupportedException();

    public Task WaitForSyncAsync(CancellationToken ct) => Task.CompletedTask;

    public IDisposable Subscribe(Action<Pod?, Pod?> handler)
    {
        lock (_gate)
        {
            _handlers.Add(handler);
            foreach (var pod in _pods.Values)
                handler(null, pod);
        }

        return new Subscription(() =>
        {
            lock (_gate)
                _handlers.Remove(handler);
        });
    }

    public void AddIndex(string name, Func<Pod, IEnumerable<string>> valuesOf) => throw new NotSupportedException();

    public Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer> => throw new NotSupportedException();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => throw new NotSupportedException();

    private static void Merge(JsonObject status, string name, JsonNode? value)
    {
        if (value is null)
        {
            status.Remove(name);
        }
        else if (name == "conditions")
        {
            var merged = status["conditions"]?.AsArray().Select(c => c!.DeepClone()).ToDictionary(c => c["type"]!.GetValue<string>()) ?? [];
            foreach (var condition in value.AsArray())
                merged[condition!["type"]!.GetValue<string>()] = condition.DeepClone();
            status["conditions"] = new JsonArray([.. merged.Values]);
        }
        else if (name == "podIPs")
        {
            status["podIPs"] = new JsonArray([.. value.AsArray().Where(i => i!["$patch"] is null).Select(i => i!.DeepClone())]);
        }
        else
        {
            status[name] = value;
        }
    }

    private void ThrowIfAway()
    {
        if (IsAway)
            throw new HttpRequestException("connection refused");
    }

    private Pod Versioned(Pod pod) => pod with { Metadata = pod.Metadata with { ResourceVersion = $"{++_version}" } };

    private void Notify_NeedsLock(Pod? old, Pod? now)
    {
        foreach (var handler in _handlers)
            handler(old, now);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
