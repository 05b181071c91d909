using KubeSharp.Objects.Quotas;

namespace KubeSharp.ApiServer.Admission.Quota;

/// <summary>Holds what is created in a namespace within its ResourceQuotas. The last of all rules: what it lets through it has charged.</summary>
internal sealed class QuotaAdmission(IObjects objects, QuotaLedger ledger) : IAdmission
{
    private volatile Snapshot _known = new([], []);

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct)
    {
        if (request.Key.Namespace.Length > 0 && IsCharged(request) && Limited().Contains(request.Key.Namespace))
            await ledger.ChargeAsync(request);
    }

    /// <summary>The namespaces that have a quota; derived once from each state of the cache.</summary>
    private HashSet<string> Limited()
    {
        var quotas = objects.List<ResourceQuota>();
        var known = _known;
        if (!ReferenceEquals(known.Quotas, quotas))
            _known = known = new(quotas, [.. quotas.Select(q => q.Metadata.Namespace)]);
        return known.Namespaces;
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

    private sealed record Snapshot(IReadOnlyList<ResourceQuota> Quotas, HashSet<string> Namespaces);
}
