using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using Container = KubeSharp.Objects.CoreV1.Container;
using Mount = KubeSharp.Kubelet.Cri.Mount;

namespace KubeSharp.Kubelet.Lifecycle;

/// <returns>Where on the node the part of the volume can be mounted from, whatever becomes of the volume's links.</returns>
internal delegate string SubPathPlace(int index, VolumeMount mount, string volumePath, string subPath);

/// <summary>A container's volume mounts as the runtime takes them.</summary>
internal static class ContainerMounts
{
    /// <param name="volumes">Where each volume is on the node.</param>
    /// <param name="environment">For <c>subPathExpr</c>.</param>
    /// <param name="imageVolumes">The images that are volumes, by the volume's name.</param>
    /// <param name="placeOf">Makes the part of a volume a place of its own.</param>
    /// <exception cref="ContainerConfigException">A mount cannot be made.</exception>
    public static IEnumerable<Mount> Of(
        Container container, IReadOnlyDictionary<string, string> volumes, IReadOnlyList<KeyValue> environment,
        IReadOnlyDictionary<string, string> imageVolumes, SubPathPlace placeOf)
    {
        foreach (var (index, mount) in container.VolumeMounts.Index())
        {
            if (imageVolumes.TryGetValue(mount.Name, out var image))
            {
                yield return new() { ContainerPath = mount.MountPath, Readonly = true, Image = new() { Image = image }, ImageSubPath = mount.SubPath };
                continue;
            }

            if (!volumes.TryGetValue(mount.Name, out var root))
                throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");

            var subPath = mount.SubPathExpr.Length > 0 ? Expand(mount.SubPathExpr, environment) : mount.SubPath;
            yield return new()
            {
                ContainerPath = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
                HostPath = subPath.Length == 0 ? root : placeOf(index, mount, root, Checked(subPath)),
                Readonly = mount.ReadOnly,
                RecursiveReadOnly = mount is { ReadOnly: true, RecursiveReadOnly: "Enabled" or "IfPossible" },
                Propagation = mount.MountPropagation switch
                {
                    "HostToContainer" => MountPropagation.PropagationHostToContainer,
                    "Bidirectional" => MountPropagation.PropagationBidirectional,
                    _ => MountPropagation.PropagationPrivate,
                },
            };
        }
    }

    private static string Checked(string subPath)
    {
        if (Path.IsPathRooted(subPath))
            throw new ContainerConfigException($"error SubPath `{subPath}` must not be an absolute path");
        if (subPath.Split('/').Contains(".."))
            throw new ContainerConfigException($"unable to provision SubPath `{subPath}`: must not contain '..'");

        return subPath;
    }

    /// <summary><c>$(NAME)</c> becomes the variable's value, <c>$$</c> a dollar.</summary>
    private static string Expand(string expression, IReadOnlyList<KeyValue> environment)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < expression.Length; i++)
        {
            if (expression[i] != '$' || i + 1 == expression.Length)
            {
                text.Append(expression[i]);
            }
            else if (expression[i + 1] == '$')
            {
                text.Append('$');
                i++;
            }
            else if (expression[i + 1] == '(' && expression.IndexOf(')', i) is > 0 and var end)
            {
                var name = expression[(i + 2)..end];
                var value = environment.LastOrDefault(e => e.Key == name)
                    ?? throw new ContainerConfigException($"missing value for \"{name}\" in the expansion of subPathExpr \"{expression}\"");
                text.Append(value.Value.ToStringUtf8());
                i = end;
            }
            else
            {
                text.Append('$');
            }
        }

        return text.ToString();
    }
}
