using System.Runtime.CompilerServices;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>A client whose watches of one kind can be held back: a cache that lags behind what its own process has done.</summary>
internal sealed class LaggingClient<TLate>(IClient inner) : IClient
    where TLate : class, IObject<TLate>
{
    private volatile TaskCompletionSource? _held;

    /// <summary>From now on no change arrives until <see cref="Release"/>.</summary>
    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public async IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IObject<T>
    {
        await foreach (var change in inner.WatchAsync<T>(query, ct))
        {
            while (typeof(T) == typeof(TLate) && _held is { } held)
                await held.Task.WaitAsync(ct);
            yield return change;
        }
    }

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T> => inner.FindAsync<T>(key, ct);

    public Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T> => inner.ListAsync<T>(query, ct);

    public Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => inner.CreateAsync(obj, ct);

    public Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => inner.UpdateAsync(obj, ct);

    public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => inner.UpdateStatusAsync(obj, ct);

    public Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T> => inner.PatchAsync<T>(key, patch, subresource, ct);

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => inner.DeleteAsync<T>(key, request, ct);

    public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => inner.DeleteCollectionAsync<T>(query, request, ct);

    public Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer> => inner.PostAsync<T, TBody, TAnswer>(key, subresource, body, ct);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => inner.SendAsync(request, ct);
}
