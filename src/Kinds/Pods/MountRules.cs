using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Where a container sees the pod's volumes: as directories, or as raw devices.</summary>
internal sealed class MountRules(Container container, IReadOnlyDictionary<string, Volume> volumes, Findings findings)
{
    public void Validate(string path)
    {
        var taken = new HashSet<string>();
        for (var i = 0; i < container.VolumeMounts.Count; i++)
            Mount(container.VolumeMounts[i], $"{path}.volumeMounts", i, taken);

        var (names, paths) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < container.VolumeDevices.Count; i++)
            Device(container.VolumeDevices[i], $"{path}.volumeDevices[{i}]", names, paths);
    }

    private void Mount(VolumeMount mount, string list, int index, HashSet<string> taken)
    {
        var path = $"{list}[{index}]";
        if (mount.Name.Length == 0)
            findings.Required($"{path}.name");
        if (!volumes.ContainsKey(mount.Name))
            findings.NotFound($"{path}.name", mount.Name);
        if (mount.MountPath.Length == 0)
            findings.Required($"{path}.mountPath");
        if (!taken.Add(mount.MountPath))
            findings.Invalid($"{path}.mountPath", mount.MountPath, "must be unique");
        if (container.VolumeDevices.Any(d => d.Name == mount.Name))
            findings.Invalid($"{path}.name", mount.Name, "must not already exist in volumeDevices");
        if (container.VolumeDevices.Any(d => d.DevicePath == mount.MountPath))
            findings.Invalid($"{path}.mountPath", mount.MountPath, "must not already exist as a path in volumeDevices");

        // Upstream leaves the index out of the paths of what follows.
        if (mount.SubPath.Length > 0)
            findings.Descending($"{list}.subPath", mount.SubPath);
        if (mount.SubPathExpr.Length > 0)
        {
            if (mount.SubPath.Length > 0)
                findings.Invalid($"{path}.subPathExpr", mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
            findings.Descending($"{list}.subPathExpr", mount.SubPathExpr);
        }

        Propagation(mount.MountPropagation, $"{list}.mountPropagation");
        RecursiveReadOnly(mount, $"{list}.recursiveReadOnly");
    }

    private void Propagation(string? propagation, string path)
    {
        findings.OptionalOneOf(path, propagation, "Bidirectional", "HostToContainer", "None");
        if (propagation == "Bidirectional" && container.SecurityContext?.Privileged != true)
            findings.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
    }

    private void RecursiveReadOnly(VolumeMount mount, string path)
    {
        findings.OptionalOneOf(path, mount.RecursiveReadOnly, "Disabled", "Enabled", "IfPossible");
        if (mount.RecursiveReadOnly is not ("Enabled" or "IfPossible"))
            return;

        if (!mount.ReadOnly)
            findings.Forbidden(path, "may only be specified when readOnly is true");
        if (mount.MountPropagation is not (null or "None"))
            findings.Forbidden(path, "may only be specified when mountPropagation is None or not specified");
    }

    private void Device(VolumeDevice device, string path, HashSet<string> names, HashSet<string> paths)
    {
        if (device.Name.Length == 0)
            findings.Required($"{path}.name");
        else if (!names.Add(device.Name))
            findings.Invalid($"{path}.name", device.Name, "must be unique");

        if (!volumes.TryGetValue(device.Name, out var volume))
            findings.NotFound($"{path}.name", device.Name);
        else if (volume is { PersistentVolumeClaim: null, Ephemeral: null })
            findings.Invalid($"{path}.name", device.Name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");

        if (device.DevicePath.Length == 0)
            findings.Required($"{path}.devicePath");
        else if (device.DevicePath.Split('/').Contains(".."))
            findings.Invalid($"{path}.devicePath", device.DevicePath, "can not contain backsteps ('..')");
        else if (!paths.Add(device.DevicePath))
            findings.Invalid($"{path}.devicePath", device.DevicePath, "must be unique");

        if (container.VolumeMounts.Any(m => m.Name == device.Name))
            findings.Invalid($"{path}.name", device.Name, "must not already exist in volumeMounts");
        if (container.VolumeMounts.Any(m => m.MountPath == device.DevicePath))
            findings.Invalid($"{path}.devicePath", device.DevicePath, "must not already exist as a path in volumeMounts");
    }
}
