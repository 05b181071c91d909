using KubeSharp.ApiServer.CustomResources;
using KubeSharp.Kinds;

namespace KubeSharp.ApiServer.Registry;

/// <summary>A resource under which objects are stored and served: its names and its kind's rules. Subresources belong to it.</summary>
/// <param name="StoragePrefix">Where its objects are in the store, as upstream lays them out: <c>/registry/pods/</c>, <c>/registry/services/specs/</c>.</param>
public sealed record ServedResource(ResourceType Type, Kind Kind, string StoragePrefix)
{
    /// <summary>The subresources of discovery by name: <c>status</c>, <c>scale</c>, <c>log</c> …</summary>
    public IReadOnlyDictionary<string, ResourceType> Subresources { get; init; } = new Dictionary<string, ResourceType>();

    /// <summary>Whether objects of it are kept. Reviews and the like are answered and forgotten: their kind has only <c>create</c>.</summary>
    public bool IsStored => StoragePrefix.Length > 0;

    /// <summary>The form in which its objects are stored, where that is another version or group.</summary>
    internal StoredForm? StoredForm { get; init; }

    /// <summary>The custom resource of which this is a version; null for what the server serves by itself.</summary>
    internal CustomResource? Custom { get; init; }

    public bool HasStatus => Subresources.ContainsKey("status");

    public string StorageKey(ObjectKey key) => Type.Namespaced ? $"{StoragePrefix}{key.Namespace}/{key.Name}" : StoragePrefix + key.Name;
}
