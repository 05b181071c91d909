namespace KubeSharp.ApiServer.Admission;

/// <summary>The built-in rules in upstream's order.</summary>
internal static class AdmissionRules
{
    public static IReadOnlyList<IAdmission> All(IObjects objects) =>
    [
        new NamespaceLifecycle(objects),
    ];
}
