using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeSharp.Client.Config;
using KubeSharp.Tests;

namespace KubeSharp.Client.Tests;

/// <summary>A file that somebody has broken is refused with a message, and nothing else happens.</summary>
public sealed class KubeconfigFuzzTests
{
    [Fact]
    public void Kubeconfigs_are_read_or_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        var seed = $$$"""
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]
            clusters:
            - name: k
              cluster: {server: 'https://127.0.0.1:6443', certificate-authority-data: {{{Base64(certificate.ExportCertificatePem())}}}, tls-server-name: x}
            users:
            - name: u
              user: {token: t, client-certificate-data: {{{Base64(certificate.ExportCertificatePem())}}}, client-key-data: {{{Base64(key.ExportECPrivateKeyPem())}}}}
            """;
        string[] pieces = ["- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *a", "? ", "null", "~", "\"", "exec: {}", "server: '::'", "AAAA", "name: k", "|\n", "---\n"];
        foreach (var text in Mutated.Texts([seed], pieces, 1_500))
        {
            Mutated.Bounded<KubeconfigException>(text, () =>
            {
                var config = Kubeconfig.Parse(text, "/nowhere");
                _ = config.Contexts;
                config.Access().ClientCertificate?.Dispose();
            });
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void A_kubeconfig_nested_without_end_is_refused_and_the_process_lives(string open) =>
        Assert.Throws<KubeconfigException>(() => Kubeconfig.Parse(string.Concat(Enumerable.Repeat(open, 100_000)), "/"));

    [Fact]
    public void A_kubeconfig_that_holds_itself_is_refused() =>
        Assert.Throws<KubeconfigException>(() => Kubeconfig.Parse("a: &a\n  b: *a\ncurrent-context: *a\ncontexts: *a\n", "/").Access());
}
