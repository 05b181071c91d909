using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Kubelet.Tests.Fakes;

/// <summary>A cache that holds what a test puts into it and tells nobody.</summary>
internal sealed class FakeInformer<T> : IInformer<T>
    where T : class, IObject<T>
{
    public List<T> Items { get; } = [];

    public bool HasSynced => true;

    public T? Find(ObjectKey key) => Items.FirstOrDefault(i => ObjectKey.Of(i) == key);

    public IReadOnlyCollection<T> List(string ns = "") => Items;

    public IReadOnlyCollection<T> ByIndex(string index, string value) => throw new NotSupportedException();

    public Task WaitForSyncAsync(CancellationToken ct) => Task.CompletedTask;

    public IDisposable Subscribe(Action<T?, T?> handler) => throw new NotSupportedException();

    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf) => throw new NotSupportedException();
}
