using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KubeSharp.Client;
using KubeSharp.Machinery;
using KubeSharp.Objects.AuthenticationV1;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Kubelet.Tests.Volumes;

/// <summary>An API server with one ConfigMap that can be read and watched, and tokens that can be asked for.</summary>
internal sealed class SmallApi(TimeProvider clock) : IClient
{
    private readonly ConcurrentDictionary<ObjectKey, ConfigMap> _maps = new();
    private readonly ConcurrentBag<Channel<WatchChange<ConfigMap>>> _watches = [];
    private int _version;
    private int _tokens;

    /// <summary>How often an object was asked for by name.</summary>
    public int Gets { get; private set; }

    public int Watches => _watches.Count;

    public bool IsDown { get; set; }

    public void Put(ConfigMap map)
    {
        var stored = map with { Metadata = map.Metadata with { ResourceVersion = $"{++_version}" } };
        _maps[ObjectKey.Of(map)] = stored;
        foreach (var watch in _watches)
            watch.Writer.TryWrite(new(WatchChangeType.Modified, stored));
    }

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T>
    {
        Check();
        Gets++;
        return Task.FromResult((T?)(object?)_maps.GetValueOrDefault(key));
    }

    public Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T>
    {
        Check();
        var found = _maps.Values.Where(m => m.Metadata.Namespace == query.Namespace && query.FieldSelector == $"metadata.name={m.Metadata.Name}");
        return Task.FromResult(new ListResult<T>([.. found.Cast<T>()], $"{_version}"));
    }

    public async IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IObject<T>
    {
        var watch = Channel.CreateBounded<WatchChange<ConfigMap>>(100);
        _watches.Add(watch);
        await foreach (var change in watch.Reader.ReadAllAsync(ct))
            yield return new(change.Type, (T)(object)change.Object);
    }

    public Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer>
    {
        Check();
        var request = (TokenRequest)(object)body;
        var status = new TokenRequestStatus
        {
            Token = $"{key}/{request.Spec.BoundObjectRef?.Name}#{++_tokens}",
            ExpirationTimestamp = clock.GetUtcNow().AddSeconds(request.Spec.ExpirationSeconds ?? 0),
        };
        return Task.FromResult((TAnswer)(object)(request with { Status = status }));
    }

    public Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => throw new NotSupportedException();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => throw new NotSupportedException();

    private void Check()
    {
        if (IsDown)
            throw new HttpRequestException("connection refused");
    }
}
