namespace KubeSharp.ApiServer.CustomResources;

/// <summary>How objects get from one version to another. Thread-safe.</summary>
internal interface IConverter
{
    /// <summary>Whether only the version's name changes; then <see cref="ConvertAsync"/> is not called.</summary>
    bool IsLocal { get; }

    /// <returns>One for each, in order, with the metadata of the original but for labels and annotations.</returns>
    /// <exception cref="ApiException">500: it cannot be done now.</exception>
    Task<IReadOnlyList<Unstructured>> ConvertAsync(IReadOnlyList<Unstructured> objects, ResourceType to, CancellationToken ct);
}

/// <summary>Strategy <c>None</c>: all versions have the same fields.</summary>
internal sealed class NoConverter : IConverter
{
    public bool IsLocal => true;

    public Task<IReadOnlyList<Unstructured>> ConvertAsync(IReadOnlyList<Unstructured> objects, ResourceType to, CancellationToken ct) => Task.FromResult(objects);
}
