namespace KubeSharp.Client;

/// <summary>Makes the world match one object. Level-triggered: gets a key, reads everything it needs, writes the difference.</summary>
/// <remarks>Never called for the same key twice at once. Throwing means: again, with back-off.</remarks>
public interface IReconciler
{
    Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken ct);
}

/// <summary>When to look at a key again although nothing changes.</summary>
public readonly record struct Requeue(TimeSpan? Delay)
{
    public static Requeue Never { get; }

    public static Requeue After(TimeSpan delay) => new(delay);
}

/// <summary>A controller: which changes wake which keys, and who reconciles them. <c>Client</c> runs the loop.</summary>
public interface IController
{
    /// <summary>The name used in logs, metrics and as user agent: <c>replicaset-controller</c>.</summary>
    string Name { get; }

    IReconciler Reconciler { get; }

    /// <summary>Subscribes to what matters and enqueues keys. Called once, before the loop runs.</summary>
    void Watch(IInformers informers, IWorkQueue queue);

    /// <summary>How many keys may be reconciled at once.</summary>
    int Workers => 2;
}

/// <summary>Keys that wait for a reconciler; a key added twice waits once.</summary>
public interface IWorkQueue
{
    void Add(ObjectKey key);

    void AddAfter(ObjectKey key, TimeSpan delay);
}

/// <summary>Writes Events, merging repeats as upstream's recorder does. Never throws and never waits for the server.</summary>
public interface IEventRecorder
{
    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    void Record(IObject about, string type, string reason, string message, string fieldPath = "");
}
