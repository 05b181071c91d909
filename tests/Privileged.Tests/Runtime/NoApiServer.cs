using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Privileged.Tests.Runtime;

/// <summary>An API server that cannot be reached.</summary>
internal sealed class NoApiServer : IClient
{
    private static HttpRequestException Unreachable => new("connection refused");

    public Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> => throw Unreachable;

    public Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer> => throw Unreachable;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => throw Unreachable;
}
