using KubeSharp.ApiServer.Encryption;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>Writes configurations for tests.</summary>
internal static class Configurations
{
    public const string First = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    public const string Second = "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk=";

    public static string Keys(string provider, params (string Name, string Secret)[] keys) => Providers(Provider(provider, keys), "identity: {}");

    public static string Provider(string provider, params (string Name, string Secret)[] keys) =>
        $"{provider}: {{keys: [{string.Join(", ", keys.Select(k => $"{{name: {k.Name}, secret: {k.Secret}}}"))}]}}";

    public static string Providers(params string[] providers) => For("secrets", providers);

    public static string For(string resources, params string[] providers) =>
        $"apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [{resources}]\n  providers:\n{string.Concat(providers.Select(p => $"  - {p}\n"))}";

    public static ApiServerOptions Options(string yaml, StorageEncryptionOptions? options = null) => new() { Encryption = Encryption(yaml, options) };

    public static StorageEncryption Encryption(string yaml, StorageEncryptionOptions? options = null) => new(yaml, options ?? new(), TimeProvider.System, NullLoggerFactory.Instance);
}
