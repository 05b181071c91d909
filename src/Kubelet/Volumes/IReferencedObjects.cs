namespace KubeSharp.Kubelet.Volumes;

/// <summary>The ConfigMaps and Secrets that pods of this node refer to; a node may read no others.</summary>
/// <remarks>Errors as in <see cref="Client.IClient"/>. Thread-safe.</remarks>
internal interface IReferencedObjects
{
    /// <summary>The object as it is now; the first time a pod asks it is read from the server, then a watch keeps it current.</summary>
    ValueTask<ConfigMap?> FindConfigMapAsync(Pod pod, string name, CancellationToken ct);

    /// <inheritdoc cref="FindConfigMapAsync"/>
    ValueTask<Secret?> FindSecretAsync(Pod pod, string name, CancellationToken ct);

    /// <summary>The pod is gone: what only it referred to is no longer watched.</summary>
    void Release(string podUid);
}
