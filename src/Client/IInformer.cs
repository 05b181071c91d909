namespace KubeSharp.Client;

/// <summary>The local copy of a kind's objects. Reads are never older than the last event delivered; they may be older than the server.</summary>
public interface ILister<T>
    where T : class, IObject<T>
{
    T? Find(ObjectKey key);

    /// <summary>A snapshot; empty <paramref name="ns"/> for all namespaces.</summary>
    IReadOnlyCollection<T> List(string ns = "");

    /// <summary>The objects for which the index function of that name gave <paramref name="value"/>.</summary>
    IReadOnlyCollection<T> ByIndex(string index, string value);
}

/// <summary>A shared cache of one kind, kept current by one watch for all its users in this process.</summary>
public interface IInformer<T> : ILister<T>
    where T : class, IObject<T>
{
    /// <summary>Whether the first list is in the cache.</summary>
    bool HasSynced { get; }

    Task WaitForSyncAsync(CancellationToken ct);

    /// <summary>
    /// Calls <paramref name="handler"/> for every object (old absent), change and deletion (current absent), in order, on the informer's
    /// loop: handlers enqueue, they do not work. Called for what is already cached at once. Disposing the answer ends it.
    /// </summary>
    IDisposable Subscribe(Action<T?, T?> handler);

    /// <summary>Adds an index before the informer runs; the same name twice is the same index.</summary>
    void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf);
}

/// <summary>One informer per kind for the whole process; components ask for the same one.</summary>
public interface IInformers
{
    /// <summary>The shared informer of a kind; it starts with the first call.</summary>
    IInformer<T> For<T>()
        where T : class, IObject<T>;

    /// <summary>An informer of a part of a kind (a node's pods: <c>spec.nodeName=x</c>); shared among askers of the same selector.</summary>
    IInformer<T> For<T>(ListQuery query)
        where T : class, IObject<T>;
}
