using System.Collections.Concurrent;
using System.Security.Cryptography;
using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Encryption;

/// <summary>Which resources are stored encrypted, and how: what an <c>EncryptionConfiguration</c> says.</summary>
public sealed class StorageEncryption
{
    private readonly IReadOnlyDictionary<string, ITransformer> _rules;

    internal StorageEncryption(IReadOnlyDictionary<string, ITransformer> rules, bool rewritesStale) => (_rules, RewritesStale) = (rules, rewritesStale);

    /// <summary>Whether what is stored otherwise than it would be today is written anew in the background after the start.</summary>
    public bool RewritesStale { get; }

    /// <param name="yaml">An <c>apiserver.config.k8s.io/v1</c> EncryptionConfiguration.</param>
    /// <param name="rewritesStale"><see cref="RewritesStale"/>.</param>
    /// <exception cref="FormatException">It is none; the message lists every problem, without any key.</exception>
    public static StorageEncryption Parse(string yaml, bool rewritesStale = false) => new(new EncryptionConfigurationReader().Read(yaml), rewritesStale);

    /// <summary>A configuration with a new key, by which Secrets are encrypted.</summary>
    public static string NewConfiguration() =>
        $"""
        # Made at the first start: with this key the Secrets in the store are encrypted. Without it they are lost. Keep it as safe as they are.
        # How to rotate it: docs/encryption.md.
        apiVersion: apiserver.config.k8s.io/v1
        kind: EncryptionConfiguration
        resources:
          - resources: [secrets]
            providers:
              - secretbox:
                  keys:
                    - name: key1
                      secret: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(Secretbox.KeyLength))}
              - identity: {"{}"}

        """;

    /// <summary>Whether a stored value is of an encrypted form.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> stored) => stored.StartsWith("k8s:enc:"u8);

    /// <summary>Where Secrets are in the store.</summary>
    public static string SecretsPrefix => StoragePrefixes.Root + "secrets/";

    /// <summary>The way of each key's resource; asked for every read and write, so what was found is kept.</summary>
    internal Func<string, ITransformer?> TransformersOf(IEnumerable<ServedResource> resources)
    {
        var known = new ConcurrentDictionary<string, ITransformer?>(
            resources.Select(r => KeyValuePair.Create(r.StoragePrefix, Of(r.Type.Group, r.Type.Plural))).DistinctBy(p => p.Key), StringComparer.Ordinal);
        var byPrefix = known.GetAlternateLookup<ReadOnlySpan<char>>();
        return key =>
        {
            var prefix = StoragePrefixes.In(key);
            if (byPrefix.TryGetValue(prefix, out var found))
                return found;

            // A custom resource: its place is its group and its name.
            var parts = prefix.Trim('/').ToString().Split('/');
            return parts is [_, var group, var plural] ? known.GetOrAdd(prefix.ToString(), Of(group, plural)) : null;
        };
    }

    /// <summary>Upstream's order: the resource itself, all of its group, all.</summary>
    internal ITransformer? Of(string group, string plural) =>
        _rules.GetValueOrDefault(group.Length == 0 ? plural : $"{plural}.{group}") ?? _rules.GetValueOrDefault($"*.{group}") ?? _rules.GetValueOrDefault("*.*");
}
