using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.Client.Config;

/// <summary>The access that the kubelet gives to every pod with a service account.</summary>
public static class InCluster
{
    public const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <param name="variable">Reads the environment: <c>Environment.GetEnvironmentVariable</c>.</param>
    /// <returns><see langword="null"/> where this is no pod.</returns>
    /// <exception cref="KubeconfigException">A pod, but its service account's files cannot be read.</exception>
    public static ClusterAccess? Find(Func<string, string?> variable, string folder = ServiceAccountFolder)
    {
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port)
            return null;

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
            return new(new($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"))
            {
                Authorities = authorities,
                TokenFile = Path.Combine(folder, "token"),
                Namespace = File.ReadAllText(Path.Combine(folder, "namespace")).Trim(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubeconfigException($"the service account in {folder} cannot be read: {e.Message}", e);
        }
    }
}
