using System.Globalization;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Annotations that mean something to a pod.</summary>
internal static class AnnotationRules
{
    private const string Mirror = "kubernetes.io/config.mirror";
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";
    private const string AppArmor = "container.apparmor.security.beta.kubernetes.io/";
    private const string PodSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
    private const string ContainerSeccomp = "container.seccomp.security.alpha.kubernetes.io/";

    public static void AnnotationKeys(this Findings findings, string path, IReadOnlyDictionary<string, string> annotations)
    {
        // Keys are compared in lower case: old annotations had capitals in their prefix.
        foreach (var key in annotations.Keys.Order(StringComparer.Ordinal))
        {
            var lower = key.ToLowerInvariant();
            findings.Each(path, key, NameRules.QualifiedName(lower));
        }
    }

    public static void Validate(IReadOnlyDictionary<string, string> annotations, PodSpec spec, string path, Findings findings)
    {
        foreach (var (key, value) in annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (key == Mirror && spec.NodeName.Length == 0)
                findings.Invalid($"{path}[{key}]", value, "must set spec.nodeName if mirror pod annotation is set");
            else if (key == DeletionCost && !IsNumber(value))
                findings.Invalid($"{path}[{key}]", value, "must be a 32bit integer");
            else if (key.StartsWith(AppArmor, StringComparison.Ordinal))
                AppArmorProfile(key, value, spec, path, findings);
            else if ((key == PodSeccomp || key.StartsWith(ContainerSeccomp, StringComparison.Ordinal)) && !IsSeccomp(value))
                findings.Invalid($"{path}.{key}", value, "must be a valid seccomp profile");
        }
    }

    /// <summary>Where a profile is said twice, by annotation and by field, the two must agree.</summary>
    public static void AgreeWithFields(IReadOnlyDictionary<string, string> annotations, PodSpec spec, string path, Findings findings)
    {
        if (annotations.TryGetValue(PodSeccomp, out var ofPod))
            Agree(ofPod, spec.SecurityContext?.SeccompProfile, $"{path}.securityContext.seccompProfile", findings);

        for (var i = 0; i < spec.Containers.Count; i++)
        {
            if (annotations.TryGetValue(ContainerSeccomp + spec.Containers[i].Name, out var ofContainer))
                Agree(ofContainer, spec.Containers[i].SecurityContext?.SeccompProfile, $"{path}.containers[{i}].securityContext.seccompProfile", findings);
        }
    }

    private static void Agree(string annotation, SeccompProfile? profile, string path, Findings findings)
    {
        const string Localhost = "localhost/";
        switch (profile?.Type)
        {
            case "Unconfined" when annotation != "unconfined":
            case "RuntimeDefault" when annotation is not ("runtime/default" or "docker/default"):
            case "Localhost" when !annotation.StartsWith(Localhost, StringComparison.Ordinal):
                findings.Forbidden($"{path}.type", "seccomp type in annotation and field must match");
                break;
            case "Localhost" when annotation[Localhost.Length..] != profile.LocalhostProfile:
                findings.Forbidden($"{path}.localhostProfile", "seccomp profile in annotation and field must match");
                break;
            default:
                break;
        }
    }

    private static void AppArmorProfile(string key, string value, PodSpec spec, string path, Findings findings)
    {
        var container = key[AppArmor.Length..];
        if (!spec.Containers.Concat(spec.InitContainers).Any(c => c.Name == container) && !spec.EphemeralContainers.Any(c => c.Name == container))
            findings.Invalid($"{path}[{key}]", container, "container not found");
        if (value is not ("" or "runtime/default" or "unconfined") && !value.StartsWith("localhost/", StringComparison.Ordinal))
            findings.Invalid($"{path}[{key}]", value, $"invalid AppArmor profile name: \"{value}\"");
    }

    private static bool IsSeccomp(string value) => value is "runtime/default" or "docker/default" or "unconfined" || value.StartsWith("localhost/", StringComparison.Ordinal);

    private static bool IsNumber(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && !value.StartsWith('+') && !(value.Length > 1 && value.TrimStart('-')[0] == '0');
}
