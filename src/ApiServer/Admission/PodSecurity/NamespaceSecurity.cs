using System.Globalization;

namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>The labels of namespaces: a new mistake in them is refused, and who enforces more is told which of the present pods violate it.</summary>
internal static class NamespaceSecurity
{
    /// <summary>So many pods are looked at; a warning must not take long (upstream's NamespaceMaxPodsToCheck).</summary>
    private const int MostPods = 3000;

    public static void Validate(AdmissionRequest request, Namespace ns, Namespace? old, IObjects objects)
    {
        var (findings, before) = (new Findings(), new Findings());
        var policy = SecurityPolicy.Of(ns.Metadata.Labels, findings);
        var was = old is null ? policy : SecurityPolicy.Of(old.Metadata.Labels, before);
        if (findings.Any && (old is null || findings.ToString() != before.ToString()))
            throw ApiException.Invalid("", "Namespace", ns.Metadata.Name, findings);

        if (old is null || policy.Enforce == was.Enforce || policy.Enforce.Level == SecurityLevel.Privileged
            || (policy.Enforce.Minor == was.Enforce.Minor && policy.Enforce.Level <= was.Enforce.Level))
            return;

        foreach (var warning in Warnings(ns.Metadata.Name, policy.Enforce, [.. objects.List<Pod>().Where(p => p.Metadata.Namespace == ns.Metadata.Name)]))
            request.Options.Warn(warning);
    }

    private static IEnumerable<string> Warnings(string ns, SecurityStandard standard, List<Pod> pods)
    {
        // One pod of each controller first: the others of it are alike.
        var seen = new HashSet<string>();
        var ordered = pods.OrderBy(p => p.ControllerUid() is { } uid && !seen.Add(uid)).ToList();
        if (ordered.Count > MostPods)
            yield return string.Create(CultureInfo.InvariantCulture, $"new PodSecurity enforce level only checked against the first {MostPods} of {ordered.Count} existing pods");

        var violating = ordered.Take(MostPods)
            .Select(p => (p.Metadata.Name, Reason: string.Join(", ", SecurityChecks.Find(new(p.Metadata, p.Spec), standard).Select(v => v.Reason))))
            .Where(p => p.Reason.Length > 0)
            .GroupBy(p => p.Reason)
            .Select(g => $"{g.Select(p => p.Name).Order(StringComparer.Ordinal).First()}{Others(g.Count() - 1)}: {g.Key}")
            .Order(StringComparer.Ordinal)
            .ToList();
        if (violating.Count > 0)
            yield return $"existing pods in namespace \"{ns}\" violate the new PodSecurity enforce level \"{standard}\"";
        foreach (var warning in violating)
            yield return warning;
    }

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => " (and 1 other pod)",
        _ => string.Create(CultureInfo.InvariantCulture, $" (and {count} other pods)"),
    };

    private static string? ControllerUid(this Pod pod) => pod.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true)?.Uid;
}
