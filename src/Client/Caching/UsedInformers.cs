namespace KubeSharp.Client.Caching;

/// <summary>Hands out shared informers and remembers which, so that a controller can wait for what it uses and nothing else.</summary>
public sealed class UsedInformers(IInformers shared) : IInformers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Func<CancellationToken, Task>> _used = [];

    public IInformer<T> For<T>()
        where T : class, IObject<T> => Remember(shared.For<T>());

    public IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T> => Remember(shared.For<T>(query));

    /// <summary>Completes when every informer handed out so far has its first list.</summary>
    public Task WaitForSyncAsync(CancellationToken ct)
    {
        lock (_gate)
            return Task.WhenAll(_used.Values.Select(wait => wait(ct)));
    }

    private IInformer<T> Remember<T>(IInformer<T> informer)
        where T : class, IObject<T>
    {
        lock (_gate)
            _used[informer] = informer.WaitForSyncAsync;
        return informer;
    }
}
