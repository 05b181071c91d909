namespace KubeSharp.ApiServer.Verbs;

/// <summary>What a namespace has that no other object has: a second list of finalizers, and a phase.</summary>
internal static class Namespaces
{
    private const string Finalizer = "kubernetes";
    private const string NameLabel = "kubernetes.io/metadata.name";

    public static Namespace PrepareForCreate(Namespace ns) => ns with
    {
        Metadata = ns.Metadata with { Labels = new Dictionary<string, string>(ns.Metadata.Labels) { [NameLabel] = ns.Metadata.Name } },
        Spec = ns.Spec.Finalizers.Contains(Finalizer) ? ns.Spec : ns.Spec with { Finalizers = [.. ns.Spec.Finalizers, Finalizer] },
        Status = ns.Status with { Phase = "Active" },
    };

    /// <summary>An update may neither rename the namespace by its label nor touch the finalizers of its content.</summary>
    public static Namespace PrepareForUpdate(Namespace old, Namespace ns) => ns with
    {
        Metadata = ns.Metadata with { Labels = new Dictionary<string, string>(ns.Metadata.Labels) { [NameLabel] = ns.Metadata.Name } },
        Spec = ns.Spec with { Finalizers = old.Spec.Finalizers },
        Status = old.Status,
    };

    /// <summary>The finalize subresource: takes the content's finalizers and nothing else.</summary>
    public static Namespace Finalize(Namespace old, Namespace posted) => old with { Spec = old.Spec with { Finalizers = posted.Spec.Finalizers } };

    public static Namespace MarkTerminating(Namespace ns, DateTimeOffset now) => ns with
    {
        Metadata = ns.Metadata with { DeletionTimestamp = ns.Metadata.DeletionTimestamp ?? now },
        Status = ns.Status with { Phase = "Terminating" },
    };

    public static bool IsFinished(Namespace ns) =>
        ns.Metadata is { DeletionTimestamp: not null, Finalizers.Count: 0 } && ns.Spec.Finalizers.Count == 0;
}
