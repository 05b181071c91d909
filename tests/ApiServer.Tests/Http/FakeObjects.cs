namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>Objects as a test puts them there.</summary>
internal sealed class FakeObjects : IObjects
{
    private readonly List<IObject> _all = [];

    public void Add(IObject obj) => _all.Add(obj);

    public ValueTask<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T> => new(_all.OfType<T>().FirstOrDefault(o => ObjectKey.Of(o) == key));

    public IReadOnlyList<T> List<T>()
        where T : class, IObject<T> => [.. _all.OfType<T>()];
}
