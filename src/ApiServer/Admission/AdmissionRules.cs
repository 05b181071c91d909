using KubeSharp.ApiServer.Admission.PodSecurity;
using KubeSharp.ApiServer.Admission.Quota;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The rules in upstream's order: the built-in ones, then the cluster's own (policies and webhooks), then the quotas, which charge what all others let through.</summary>
internal static class AdmissionRules
{
    public static IReadOnlyList<IAdmission> All(IObjects objects, Chance chance, RbacAuthorizer rbac, IAuthorizer authorizer, AdmissionExtensions extensions, QuotaLedger quotas) =>
    [
        new NamespaceLifecycle(objects),
        new LimitRanger(objects),
        new ServiceAccountAdmission(objects, chance),
        new NodeRestriction(objects),
        new TaintNodesByCondition(),
        new PodSecurityAdmission(objects),
        new PriorityAdmission(objects),
        new DefaultTolerationSeconds(),
        new StorageProtection(),
        new ClaimResize(objects),
        new RuntimeClassAdmission(objects),
        new CertificateAdmission(authorizer),
        new RoleEscalation(objects, rbac, authorizer),
        new DefaultClasses(objects),
        new PodTopologyLabels(objects),
        extensions.MutatingPolicies,
        extensions.MutatingWebhooks,
        extensions.ValidatingPolicies,
        extensions.ValidatingWebhooks,
        new QuotaAdmission(objects, quotas),
    ];
}
