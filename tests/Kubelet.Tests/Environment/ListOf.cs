using KubeSharp.Client;
using KubeSharp.Machinery;

namespace KubeSharp.Kubelet.Tests.Environment;

/// <summary>A lister over a list.</summary>
internal sealed class ListOf<T>(IReadOnlyCollection<T> items) : ILister<T>
    where T : class, IObject<T>
{
    public T? Find(ObjectKey key) => items.FirstOrDefault(i => ObjectKey.Of(i) == key);

    public IReadOnlyCollection<T> List(string ns = "") => [.. items.Where(i => ns.Length == 0 || i.Metadata.Namespace == ns)];

    public IReadOnlyCollection<T> ByIndex(string index, string value) => [];
}
