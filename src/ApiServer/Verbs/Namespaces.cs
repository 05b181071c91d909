namespace KubeSharp.ApiServer.Verbs;

/// <summary>How a namespace ends, as no other object does: with a phase, and a second list of finalizers.</summary>
internal static class Namespaces
{
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
