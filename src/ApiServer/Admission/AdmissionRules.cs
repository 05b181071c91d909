using KubeSharp.ApiServer.Admission.Quota;
using KubeSharp.ApiServer.Verbs;

namespace KubeSharp.ApiServer.Admission;

/// <summary>The built-in rules in upstream's order.</summary>
internal static class AdmissionRules
{
    public static IReadOnlyList<IAdmission> All(IObjects objects, Chance chance, QuotaLedger quotas) =>
    [
        new NamespaceLifecycle(objects),
        new LimitRanger(objects),
        new ServiceAccountAdmission(objects, chance),
        new NodeRestriction(objects),
        new TaintNodesByCondition(),
        new PriorityAdmission(objects),
        new DefaultTolerationSeconds(),
        new DefaultClasses(objects),
        new QuotaAdmission(objects, quotas),
    ];
}
