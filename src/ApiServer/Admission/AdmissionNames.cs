namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules' names in metrics: upstream's, where it has the rule.</summary>
internal static class AdmissionNames
{
    private static readonly Dictionary<string, string> Upstream = new(StringComparer.Ordinal)
    {
        ["ServiceAccountAdmission"] = "ServiceAccount",
        ["PodSecurityAdmission"] = "PodSecurity",
        ["PriorityAdmission"] = "Priority",
        ["StorageProtection"] = "StorageObjectInUseProtection",
        ["ClaimResize"] = "PersistentVolumeClaimResize",
        ["RuntimeClassAdmission"] = "RuntimeClass",
        ["CertificateAdmission"] = "CertificateApproval",
        ["DefaultClasses"] = "DefaultStorageClass",
        ["MutatingPolicies"] = "MutatingAdmissionPolicy",
        ["MutatingWebhooks"] = "MutatingAdmissionWebhook",
        ["ValidatingPolicies"] = "ValidatingAdmissionPolicy",
        ["ValidatingWebhooks"] = "ValidatingAdmissionWebhook",
        ["QuotaAdmission"] = "ResourceQuota",
    };

    public static string Of(IAdmission rule)
    {
        var name = rule.GetType().Name;
        return Upstream.GetValueOrDefault(name, name);
    }
}
