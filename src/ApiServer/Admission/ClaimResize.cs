using KubeSharp.Objects.StorageV1;

namespace KubeSharp.ApiServer.Admission;

/// <summary>A claim may ask for more only where its class can give more (PersistentVolumeClaimResize).</summary>
internal sealed class ClaimResize(IObjects objects) : IAdmission
{
    private const string OldClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Posted<PersistentVolumeClaim>(AdmissionVerb.Update) is not { } claim || request.Old is not PersistentVolumeClaim old)
            return;
        if (claim.Spec.Resources.Requests.GetValueOrDefault("storage") <= old.Spec.Resources.Requests.GetValueOrDefault("storage"))
            return;

        if (old.Status.Phase != "Bound")
            throw request.Forbidden("Only bound persistent volume claims can be expanded");
        if (!await CanGrowAsync(claim, old, ct))
            throw request.Forbidden("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }

    private async ValueTask<bool> CanGrowAsync(PersistentVolumeClaim claim, PersistentVolumeClaim old, CancellationToken ct)
    {
        var (name, was) = (ClassOf(claim), ClassOf(old));
        return name.Length > 0 && name == was && await objects.FindAsync<StorageClass>(new("", name), ct) is { AllowVolumeExpansion: true };
    }

    private static string ClassOf(PersistentVolumeClaim claim) => claim.Metadata.Annotations.GetValueOrDefault(OldClassAnnotation) ?? claim.Spec.StorageClassName ?? "";
}
