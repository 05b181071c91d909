namespace KubeSharp.Controllers.Pods;

/// <summary>Pods made from a template.</summary>
internal static class PodTemplates
{
    private const int MaxPrefix = 63 - 5;

    /// <summary>A pod to create: named after its owner by the server, owned by it.</summary>
    public static Pod ToPod(this PodTemplateSpec template, string ownerName, string ns, OwnerReference owner) => new()
    {
        Metadata = new()
        {
            GenerateName = Prefix(ownerName),
            Namespace = ns,
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            Finalizers = template.Metadata.Finalizers,
            OwnerReferences = [owner],
        },
        Spec = template.Spec,
    };

    /// <summary>Upstream drops the dash when the name would be too long for a label.</summary>
    private static string Prefix(string owner) => owner.Length + 1 > MaxPrefix ? owner : owner + "-";
}
