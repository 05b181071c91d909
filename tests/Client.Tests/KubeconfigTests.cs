using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.Client.Config;

namespace KubeSharp.Client.Tests;

public sealed class KubeconfigTests
{
    [Fact]
    public void The_current_context_joins_cluster_and_user()
    {
        var (certificate, key) = SelfSigned();
        var config = Kubeconfig.Parse(
            $"""
            apiVersion: v1
            kind: Config
            current-context: main
            clusters:
            - name: one
              cluster: {"{"}server: "https://10.0.0.1:6443", certificate-authority-data: {Base64(certificate)}{"}"}
            - name: two
              cluster:
                server: https://two/prefix
                insecure-skip-tls-verify: true
                tls-server-name: kubernetes
            users:
            - name: admin
              user:
                client-certificate-data: {Base64(certificate)}
                client-key-data: {Base64(key)}
            - name: bot
              user:
                token: secret
            contexts:
            - name: main
              context: {"{"}cluster: one, user: admin{"}"}
            - name: other
              context:
                cluster: two
                user: bot
                namespace: apps
            """,
            "/");

        var main = config.Access();
        var other = config.Access("other");

        Assert.Equal(("https://10.0.0.1:6443/", "default", true), (main.Server.AbsoluteUri, main.Namespace, main.ClientCertificate?.HasPrivateKey));
        Assert.Equal("CN=me", main.Authorities?[0].Subject);
        Assert.Equal(("https://two/prefix", "apps", "secret", true, "kubernetes"), (other.Server.AbsoluteUri, other.Namespace, other.Token, other.TrustsAnyServer, other.ServerName));
        Assert.Equal(["main", "other"], config.Contexts);
    }

    [Theory]
    [InlineData("a: [", "not YAML")]
    [InlineData("text", "YAML mapping")]
    [InlineData("kind: Config", "no current-context")]
    [InlineData("current-context: x", "no context \"x\"; it has none")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: nowhere}}]}", "not the address of a server")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://c', certificate-authority: absent.pem}}]}", "certificate-authority: ")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://c'}}], users: [{name: u, user: {exec: {command: aws}}}]}", "not supported")]
    public void What_is_wrong_is_said(string text, string message)
    {
        var e = Assert.Throws<KubeconfigException>(() => Kubeconfig.Parse(text, "/nowhere").Access());

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static (string Certificate, string Key) SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
