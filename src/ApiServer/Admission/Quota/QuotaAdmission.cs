using KubeSharp.Objects.Quotas;

namespace KubeSharp.ApiServer.Admission.Quota;

/// <summary>Holds what is created in a namespace within its ResourceQuotas. The last of all rules: what it lets through it has charged.</summary>
internal sealed class QuotaAdmission(IObjects objects, QuotaLedger ledger) : IAdmission
{
    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Key.Namespace.Length > 0 && IsCharged(request) && objects.List<ResourceQuota>().Any(q => q.Metadata.Namespace == request.Key.Namespace))
            await ledger.ChargeAsync(request);
    }

    private static bool IsCharged(AdmissionRequest request)
    {
        if (!QuotaUsage.IsCounted(request.Resource.Type) || request.Object is null)
            return false;

        return request.Verb switch
        {
            AdmissionVerb.Create => request.Subresource.Length == 0,
            // What can grow after it was created.
            AdmissionVerb.Update => (request.Object, request.Subresource) is (Service, "") or (PersistentVolumeClaim, "" or "status") or (Pod, "resize"),
            _ => false,
        };
    }
}
