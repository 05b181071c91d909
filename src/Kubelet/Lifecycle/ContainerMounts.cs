using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Environment;
using Container = KubeSharp.Objects.CoreV1.Container;
using Mount = KubeSharp.Kubelet.Cri.Mount;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>A container's volume mounts as the runtime takes them.</summary>
internal static class ContainerMounts
{
    /// <param name="volumes">Where each volume is on the node.</param>
    /// <param name="environment">For <c>subPathExpr</c>.</param>
    /// <param name="imageVolumes">The images that are volumes, by the volume's name.</param>
    /// <exception cref="ContainerConfigException">A mount cannot be made.</exception>
    public static IEnumerable<Mount> Of(
        Container container, IReadOnlyDictionary<string, string> volumes, IReadOnlyList<KeyValue> environment,
        IReadOnlyDictionary<string, string> imageVolumes)
    {
        foreach (var mount in container.VolumeMounts)
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
                HostPath = subPath.Length == 0 ? root : Within(root, subPath, mount.Name),
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

    /// <summary>The path inside the volume, made if it is not there; a link in it must not lead out of the volume.</summary>
    private static string Within(string root, string subPath, string volume)
    {
        if (Path.IsPathRooted(subPath) || subPath.Split('/').Contains(".."))
            throw new ContainerConfigException($"subPath {subPath} of volume {volume} must be a relative path without '..'");

        var real = RealPath.Of(root);
        var at = real;
        foreach (var part in subPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            if (!Path.Exists(at) && new FileInfo(at).LinkTarget is null)
                Directory.CreateDirectory(at);
            at = RealPath.Of(at);
            if (at != real && !at.StartsWith(real + "/", StringComparison.Ordinal))
                throw new ContainerConfigException($"failed to prepare subPath for volumeMount \"{volume}\" of container: \"{subPath}\" leads out of the volume");
        }

        return at;
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
