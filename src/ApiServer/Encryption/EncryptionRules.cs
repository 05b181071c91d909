using KubeSharp.ApiServer.Encryption.Configuration;
using KubeSharp.ApiServer.Encryption.Kms;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>One <c>EncryptionConfiguration</c>, ready for use. The key services it names are connected to on first use; <see cref="Dispose"/> ends that.</summary>
internal sealed class EncryptionRules : IDisposable
{
    private readonly Dictionary<string, List<Provider>> _byResource = new(StringComparer.Ordinal);
    private readonly List<KmsProvider> _kms = [];

    public EncryptionRules(EncryptionConfiguration configuration, TimeProvider clock, ILoggerFactory logs)
    {
        foreach (var part in configuration.Resources)
        {
            var providers = part.Providers.Select(p => Create(p, clock, logs)).ToList();
            foreach (var name in part.Resources)
            {
                if (!_byResource.TryGetValue(name, out var all))
                    _byResource[name] = all = [];
                all.AddRange(providers);
            }
        }
    }

    /// <summary>The key services, in the order of the file.</summary>
    public IReadOnlyList<KmsProvider> Kms => _kms;

    /// <summary>Who was reading with these rules when others took their place is done after this.</summary>
    public TimeSpan Grace => _kms.Aggregate(TimeSpan.FromSeconds(10), (longest, k) => k.Timeout * 2 > longest ? k.Timeout * 2 : longest);

    /// <summary>How a resource is stored, in upstream's order: what is said of itself, of all of its group, of all.</summary>
    /// <returns>The first writes; null if nothing is said of it.</returns>
    public IReadOnlyList<Provider>? Of(string group, string plural) =>
        _byResource.GetValueOrDefault(group.Length == 0 ? plural : $"{plural}.{group}") ?? _byResource.GetValueOrDefault($"*.{group}") ?? _byResource.GetValueOrDefault("*.*");

    public void Dispose()
    {
        foreach (var kms in _kms)
            kms.Dispose();
    }

    private Provider Create(ProviderConfiguration provider, TimeProvider clock, ILoggerFactory logs)
    {
        switch (provider.Kind)
        {
            case "identity":
                return new("", new IdentityTransformer());
            case "kms":
                var kms = new KmsProvider(provider.Kms!, clock, logs.CreateLogger<KmsProvider>());
                _kms.Add(kms);
                return new($"k8s:enc:kms:v2:{kms.Name}:", kms);
            case "aesgcm":
                return Keys(provider, "AES", static s => new AesGcmTransformer(s));
            case "aescbc":
                return Keys(provider, "AES", static s => new AesCbcTransformer(s));
            default:
                return Keys(provider, "Secretbox", static s => new SecretboxTransformer(s));
        }
    }

    private static Provider Keys(ProviderConfiguration provider, string name, Func<byte[], ITransformer> create) => new(
        $"k8s:enc:{provider.Kind}:v1:",
        new PrefixTransformers(provider.Keys.Select(k => new Provider(k.Name + ":", create(Convert.FromBase64String(k.Secret)))), $"no matching key was found for the provided {name} transformer"));
}
