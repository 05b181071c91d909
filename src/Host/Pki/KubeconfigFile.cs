using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeSharp.Host.Pki;

/// <summary>Writes a kubeconfig with everything inside, as kubectl and every client library read it.</summary>
internal static class KubeconfigFile
{
    public static void Write(string path, Uri server, string authorityPem, X509Certificate2 client)
    {
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: kubesharp
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(authorityPem)}
            users:
            - name: kubernetes-admin
              user:
                client-certificate-data: {Base64(client.ExportCertificatePem() + "\n")}
                client-key-data: {Base64(client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n")}
            contexts:
            - name: kubesharp
              context:
                cluster: kubesharp
                user: kubernetes-admin
            current-context: kubesharp
            preferences: {"{}"}

            """;
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            KeyFiles.WritePrivate(path, text);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
