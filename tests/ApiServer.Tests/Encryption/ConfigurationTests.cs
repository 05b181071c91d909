using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Encryption.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>The file against what is wrong in it, in upstream's words.</summary>
public sealed class ConfigurationTests
{
    private const string Overlapping = "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked";

    [Theory]
    [InlineData("secrets", "", "secrets", true)]
    [InlineData("'*.'", "", "configmaps", true)]
    [InlineData("'*.'", "apps", "deployments", false)]
    [InlineData("'*.apps'", "apps", "deployments", true)]
    [InlineData("'*.*'", "example.com", "things", true)]
    [InlineData("'*.*'", "", "secrets", true)]
    [InlineData("things.example.com", "example.com", "things", true)]
    [InlineData("secrets", "", "configmaps", false)]
    public void Names_and_wildcards_choose_resources(string names, string group, string plural, bool isEncrypted)
    {
        using var rules = new EncryptionRules(Read(Yaml(names, "identity: {}")), TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Equal(isEncrypted, rules.Of(group, plural) is not null);
    }

    [Theory]
    [InlineData("secrets", "aesgcm: {keys: [{name: a, secret: AAAA}]}", "resources[0].providers[0].aesgcm.keys[0].secret: Invalid value: \"REDACTED\": secret is not of the expected length, got 3, expected one of [16 24 32]")]
    [InlineData("secrets", "secretbox: {keys: [{name: a, secret: AAAAAAAAAAAAAAAAAAAAAA==}]}", "resources[0].providers[0].secretbox.keys[0].secret: Invalid value: \"REDACTED\": secret is not of the expected length, got 16, expected one of [32]")]
    [InlineData("secrets", "aescbc: {keys: [{name: a, secret: '!'}]}", "resources[0].providers[0].aescbc.keys[0].secret: Invalid value: \"REDACTED\": secrets must be base64 encoded")]
    [InlineData("secrets", "aescbc: {keys: [{secret: AAAAAAAAAAAAAAAAAAAAAA==}]}", "resources[0].providers[0].aescbc.keys[0].name: Required value: name is a mandatory field for a key")]
    [InlineData("secrets", "aescbc: {keys: [{name: a}]}", "resources[0].providers[0].aescbc.keys[0].secret: Required value: secret is a mandatory field for a key")]
    [InlineData("secrets", "aescbc: {}", "resources[0].providers[0].aescbc.keys: Required value: at least one keys is required")]
    [InlineData("secrets, '*.'", "identity: {}", "resources[0].resources: Invalid value: [\"secrets\",\"*.\"]: " + Overlapping)]
    [InlineData("'*.*', deployments.apps", "identity: {}", "resources[0].resources: Invalid value: [\"*.*\",\"deployments.apps\"]: " + Overlapping)]
    [InlineData("secrets, secrets", "identity: {}", "resources[0].resources: Invalid value: [\"secrets\",\"secrets\"]: the same resource cannot be specified multiple times")]
    [InlineData("'*'", "identity: {}", "resources[0].resources[0]: Invalid value: \"*\": use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources")]
    [InlineData("Secrets", "identity: {}", "resources[0].resources[0]: Invalid value: \"Secrets\": resource name should not contain capital letters")]
    [InlineData("'secrets.*'", "identity: {}", "resources[0].resources[0]: Invalid value: \"secrets.*\": encrypting the same resource across groups is not supported")]
    [InlineData("events.events.k8s.io", "identity: {}", "resources[0].resources[0]: Invalid value: \"events.events.k8s.io\": '*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file")]
    [InlineData("ingresses.extensions", "identity: {}", "resources[0].resources[0]: Invalid value: \"ingresses.extensions\": 'extensions' group has been removed and cannot be used for encryption")]
    [InlineData("serviceipallocations", "identity: {}", "resources[0].resources[0]: Invalid value: \"serviceipallocations\": resources which do not have REST API/s cannot be encrypted")]
    [InlineData("secrets", "identity: {x: 1}", "strict decoding error: unknown field \"resources[0].providers[0].identity.x\"")]
    [InlineData("secrets", "aesgmc: {}", "strict decoding error: unknown field \"resources[0].providers[0].aesgmc\"")]
    [InlineData("secrets", "{}", "resources[0].providers[0]: Invalid value: \"{}\": provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity")]
    [InlineData("secrets", "{identity: {}, aesgcm: {keys: []}}", "more than one provider specified in a single element, should split into different list elements")]
    [InlineData("secrets", "kms: {apiVersion: v2, name: 'a:b', endpoint: 'unix:///k'}", "resources[0].providers[0].kms.name: Invalid value: \"a:b\": invalid KMS provider name a:b, must not contain ':'")]
    [InlineData("secrets", "kms: {apiVersion: v2, name: a, endpoint: 'http://k'}", "resources[0].providers[0].kms.endpoint: Invalid value: \"http://k\": unsupported scheme \"http\" for KMS provider, only unix is supported")]
    [InlineData("secrets", "kms: {apiVersion: v2, name: a, endpoint: 'unix:///k', cachesize: 5}", "resources[0].providers[0].kms.cachesize: Invalid value: 5: cachesize is not supported in v2")]
    [InlineData("secrets", "kms: {apiVersion: v2, name: a, endpoint: 'unix:///k', timeout: 0s}", "resources[0].providers[0].kms.timeout: Invalid value: \"0s\": timeout should be a positive value")]
    [InlineData("secrets", "kms: {apiVersion: v3, name: a, endpoint: 'unix:///k'}", "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported")]
    [InlineData("secrets", "kms: {name: a, endpoint: 'unix:///k'}", "KMSv1 is deprecated and not supported by this server")]
    public void What_is_wrong_in_the_file_is_said(string names, string provider, string problem) => Assert.Contains(problem, Problem(Yaml(names, provider)));

    [Theory]
    [InlineData("", "encryption provider configuration file is empty")]
    [InlineData("kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources: []\n", "resources: Required value: at least one resources is required")]
    [InlineData("kind: EncryptionConfiguration\napiVersion: v1\n", "no kind \"EncryptionConfiguration\" is registered for version \"v1\"")]
    [InlineData("secret: [hunter2\n", "is not valid YAML")]
    public void What_is_none_is_refused_and_no_key_is_told(string yaml, string problem)
    {
        Assert.Contains(problem, Problem(yaml));
        Assert.DoesNotContain("hunter2", Problem(yaml));
    }

    [Fact]
    public void Names_of_key_services_are_unique_and_times_are_Gos()
    {
        var kms = Read(Yaml("secrets", "kms: {apiVersion: v2, name: a, endpoint: 'unix:///k', timeout: 1m1.5s}")).Resources[0].Providers[0].Kms!;
        Assert.Equal(("a", "unix:///k", 61.5), (kms.Name, kms.Endpoint, kms.Timeout.TotalSeconds));

        var twice = Yaml("secrets", "kms: {apiVersion: v2, name: a, endpoint: 'unix:///k'}") + "  - kms: {apiVersion: v2, name: a, endpoint: 'unix:///l'}\n";
        Assert.Equal("resources[0].providers[1].kms.name: Invalid value: \"a\": duplicate KMS provider name a, names must be unique", Problem(twice));
    }

    private static EncryptionConfiguration Read(string yaml) => EncryptionConfigurationReader.Read(yaml, isReloaded: false);

    private static string Problem(string yaml) => Assert.Throws<FormatException>(() => Read(yaml)).Message;

    private static string Yaml(string names, string provider) =>
        $"apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [{names}]\n  providers:\n  - {provider}\n";
}
