using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Subresources.Stored;

/// <summary>All of them.</summary>
public sealed class StoredSubresources
{
    internal StoredSubresources(IReadOnlyList<IStoredSubresource> all) => All = all;

    public IReadOnlyList<IStoredSubresource> All { get; }

    /// <summary>Who answers for a subresource, or <see langword="null"/>: then it takes the whole object, or is a stream.</summary>
    /// <param name="subresource">Empty for the resource itself.</param>
    public IStoredSubresource? Find(ServedResource resource, string subresource) => All.FirstOrDefault(s => s.Serves(resource, subresource));
}
