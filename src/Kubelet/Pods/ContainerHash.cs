using System.Globalization;
using System.Text;

namespace KubeSharp.Kubelet.Pods;

/// <summary>A fingerprint of the fields whose change means a new container: name and image, as upstream since 1.26.</summary>
internal static class ContainerHash
{
    public static string Of(Container container)
    {
        // FNV-1a, 32 bits: short, stable over versions of this program, and nothing to attack.
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes($"{container.Name}\n{container.Image}"))
            hash = (hash ^ b) * 16777619u;
        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
