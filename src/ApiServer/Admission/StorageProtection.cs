namespace KubeSharp.ApiServer.Admission;

/// <summary>Claims and volumes get a finalizer: what is in use does not go before its user has (StorageObjectInUseProtection).</summary>
internal sealed class StorageProtection : IAdmission
{
    private const string ClaimFinalizer = "kubernetes.io/pvc-protection";
    private const string VolumeFinalizer = "kubernetes.io/pv-protection";

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        var finalizer = request.Posted<PersistentVolumeClaim>(AdmissionVerb.Create) is not null ? ClaimFinalizer
            : request.Posted<PersistentVolume>(AdmissionVerb.Create) is not null ? VolumeFinalizer
            : "";
        if (finalizer.Length > 0 && request.Object is { } obj && !obj.Metadata.Finalizers.Contains(finalizer))
            request.Object = obj.CopyWith(obj.Metadata with { Finalizers = [.. obj.Metadata.Finalizers, finalizer] });
        return ValueTask.CompletedTask;
    }
}
