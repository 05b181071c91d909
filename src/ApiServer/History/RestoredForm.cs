using KubeSharp.Objects.BatchV1;

namespace KubeSharp.ApiServer.History;

/// <summary>What of an old version is brought back: what its author wished, not what the server had made of it. Pure.</summary>
internal static class RestoredForm
{
    /// <summary>Says on the object of which version it is.</summary>
    public const string Annotation = "history.kubesharp.io/restored-from";

    /// <summary>What only the old object's own controllers could mean: the volume it was bound to knows another claim.</summary>
    private static readonly HashSet<string> StaleAnnotations = ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"];

    /// <summary>What a job's pods were known by.</summary>
    private static readonly string[] JobLabels = ["controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name"];

    /// <summary>The object to create. Its managedFields stay: the fields belong to whom they belonged.</summary>
    /// <param name="owners">Those of its owners that still live.</param>
    public static IObject ToCreate(IObject old, string version, IReadOnlyList<OwnerReference> owners)
    {
        var metadata = old.Metadata with
        {
            Uid = "",
            ResourceVersion = "",
            Generation = 0,
            CreationTimestamp = null,
            DeletionTimestamp = null,
            DeletionGracePeriodSeconds = null,
            Finalizers = [],
            OwnerReferences = owners,
            ManagedFields = [.. old.Metadata.ManagedFields.Where(m => m.Subresource != "status")], // there is no status to own
            Annotations = Annotated(old.Metadata.Annotations.Where(a => !StaleAnnotations.Contains(a.Key)), version),
        };
        return Unassigned(old.CopyWith(metadata)).WithStatusOf(null);
    }

    /// <summary>The living object with the old wish. What holds it (finalizers) and that it is this object stays.</summary>
    public static IObject ToUpdate(IObject old, string version, IReadOnlyList<OwnerReference> owners, IObject current) => old.CopyWith(old.Metadata with
    {
        Uid = "",
        ResourceVersion = current.Metadata.ResourceVersion,
        DeletionTimestamp = null,
        DeletionGracePeriodSeconds = null,
        Finalizers = current.Metadata.Finalizers,
        OwnerReferences = owners,
        ManagedFields = [],
        Annotations = Annotated(old.Metadata.Annotations, version),
    });

    /// <summary>Without what was assigned to the object that is gone.</summary>
    private static IObject Unassigned(IObject obj) => obj switch
    {
        Pod pod => pod with { Spec = pod.Spec with { NodeName = "", EphemeralContainers = [] } },
        Job { Spec.ManualSelector: not true } job => job with
        {
            Metadata = job.Metadata with { Labels = Without(job.Metadata.Labels, JobLabels) },
            Spec = job.Spec with
            {
                Selector = null,
                Template = job.Spec.Template with { Metadata = job.Spec.Template.Metadata with { Labels = Without(job.Spec.Template.Metadata.Labels, JobLabels) } },
            },
        },
        _ => obj,
    };

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> labels, string[] names) =>
        labels.Where(l => !names.Contains(l.Key)).ToDictionary(l => l.Key, l => l.Value);

    private static Dictionary<string, string> Annotated(IEnumerable<KeyValuePair<string, string>> annotations, string version) =>
        new(annotations.Where(a => a.Key != Annotation).Append(new(Annotation, version)));
}
