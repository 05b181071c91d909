namespace KubeSharp.ApiServer.Authorization;

/// <summary>The objects of a pod's namespace that its node must read to run it.</summary>
internal static class PodReferences
{
    private const string Secrets = "secrets";
    private const string ConfigMaps = "configmaps";

    /// <summary>Pairs of resource and name; the same pair may come more than once.</summary>
    public static IEnumerable<(string Resource, string Name)> Of(Pod pod)
    {
        yield return ("serviceaccounts", pod.Spec.ServiceAccountName);

        foreach (var secret in pod.Spec.ImagePullSecrets)
            yield return (Secrets, secret.Name);

        foreach (var found in pod.Spec.Volumes.SelectMany(OfVolume))
            yield return found;

        foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            foreach (var found in OfEnvironment(container.Env, container.EnvFrom))
                yield return found;
        }

        foreach (var container in pod.Spec.EphemeralContainers)
        {
            foreach (var found in OfEnvironment(container.Env, container.EnvFrom))
                yield return found;
        }
    }

    private static IEnumerable<(string, string)> OfEnvironment(IReadOnlyList<EnvVar> variables, IReadOnlyList<EnvFromSource> sources)
    {
        foreach (var source in sources)
        {
            if (source.SecretRef is { } secret)
                yield return (Secrets, secret.Name);
            if (source.ConfigMapRef is { } map)
                yield return (ConfigMaps, map.Name);
        }

        foreach (var variable in variables)
        {
            if (variable.ValueFrom?.SecretKeyRef is { } secret)
                yield return (Secrets, secret.Name);
            if (variable.ValueFrom?.ConfigMapKeyRef is { } map)
                yield return (ConfigMaps, map.Name);
        }
    }

    private static IEnumerable<(string, string)> OfVolume(Volume volume)
    {
        if (volume.Secret is { } secret)
            yield return (Secrets, secret.SecretName);
        if (volume.ConfigMap is { } map)
            yield return (ConfigMaps, map.Name);
        if (volume.PersistentVolumeClaim is { } claim)
            yield return ("persistentvolumeclaims", claim.ClaimName);

        foreach (var name in new[] { volume.Csi?.NodePublishSecretRef?.Name, volume.Cephfs?.SecretRef?.Name, volume.Rbd?.SecretRef?.Name, volume.Iscsi?.SecretRef?.Name })
        {
            if (name is not null)
                yield return (Secrets, name);
        }

        foreach (var source in volume.Projected?.Sources ?? [])
        {
            if (source.Secret is { } part)
                yield return (Secrets, part.Name);
            if (source.ConfigMap is { } mapPart)
                yield return (ConfigMaps, mapPart.Name);
        }
    }
}
