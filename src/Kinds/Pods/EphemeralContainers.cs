namespace KubeSharp.Kinds.Pods;

/// <summary>Containers added to a running pod for debugging.</summary>
public static class EphemeralContainers
{
    /// <summary>What <c>pods/ephemeralcontainers</c> may do: add some. Those that are there stay as they are.</summary>
    public static void ValidateUpdate(Pod old, Pod pod, Findings findings)
    {
        new PodSpecRules(pod.Spec, "spec", pod.Metadata, findings).Validate();
        foreach (var container in old.Spec.EphemeralContainers)
        {
            var index = pod.Spec.EphemeralContainers.ToList().FindIndex(c => c.Name == container.Name);
            if (index < 0)
                findings.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{container.Name}\" may not be removed");
            else if (pod.Spec.EphemeralContainers[index] != container)
                findings.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{container.Name}\" may not be changed");
        }
    }

    internal static Container AsContainer(EphemeralContainer c) => new()
    {
        Name = c.Name,
        Image = c.Image,
        Command = c.Command,
        Args = c.Args,
        WorkingDir = c.WorkingDir,
        Ports = c.Ports,
        EnvFrom = c.EnvFrom,
        Env = c.Env,
        Resources = c.Resources,
        VolumeMounts = c.VolumeMounts,
        VolumeDevices = c.VolumeDevices,
        TerminationMessagePath = c.TerminationMessagePath,
        TerminationMessagePolicy = c.TerminationMessagePolicy,
        ImagePullPolicy = c.ImagePullPolicy,
        SecurityContext = c.SecurityContext,
    };

    /// <summary>The fields that are set and would make others rely on the container.</summary>
    internal static IEnumerable<string> FieldsOfRunningServices(EphemeralContainer c)
    {
        if (c.Ports.Count > 0)
            yield return "ports";
        if (c.Resources != ResourceRequirements.Empty)
            yield return "resources";
        if (c.ResizePolicy.Count > 0)
            yield return "resizePolicy";
        if (c.RestartPolicy is not null)
            yield return "restartPolicy";
        if (c.RestartPolicyRules.Count > 0)
            yield return "restartPolicyRules";
        if (c.LivenessProbe is not null)
            yield return "livenessProbe";
        if (c.ReadinessProbe is not null)
            yield return "readinessProbe";
        if (c.StartupProbe is not null)
            yield return "startupProbe";
        if (c.Lifecycle is not null)
            yield return "lifecycle";
    }
}
