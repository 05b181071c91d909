using KubeSharp.Objects.NetworkingV1;
using KubeSharp.Objects.StorageV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>Claims and Ingresses that name no class get the one marked as default; of several, the newest.</summary>
internal sealed class DefaultClasses(IObjects objects) : IAdmission
{
    private const string OldClaimAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string OldIngressAnnotation = "kubernetes.io/ingress.class";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<PersistentVolumeClaim>(AdmissionVerb.Create) is { Spec.StorageClassName: null } claim && !claim.Metadata.Annotations.ContainsKey(OldClaimAnnotation))
        {
            if (Default(objects.List<StorageClass>(), "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class") is { } name)
                request.Object = claim with { Spec = claim.Spec with { StorageClassName = name } };
        }
        else if (request.Posted<Ingress>(AdmissionVerb.Create) is { Spec.IngressClassName: null } ingress && !ingress.Metadata.Annotations.ContainsKey(OldIngressAnnotation))
        {
            if (Default(objects.List<IngressClass>(), "ingressclass.kubernetes.io/is-default-class") is { } name)
                request.Object = ingress with { Spec = ingress.Spec with { IngressClassName = name } };
        }

        return ValueTask.CompletedTask;
    }

    private static string? Default<T>(IEnumerable<T> classes, params string[] annotations)
        where T : IObject =>
        classes.Select(c => c.Metadata)
            .Where(m => annotations.Any(a => m.Annotations.GetValueOrDefault(a) == "true"))
            .OrderByDescending(m => m.CreationTimestamp)
            .ThenBy(m => m.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Name;
}
