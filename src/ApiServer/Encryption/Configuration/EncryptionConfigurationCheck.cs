using System.Globalization;

namespace KubeSharp.ApiServer.Encryption.Configuration;

/// <summary>What upstream finds wrong in an <c>EncryptionConfiguration</c>.</summary>
internal static class EncryptionConfigurationCheck
{
    private static readonly int[] AesLengths = [16, 24, 32];
    private static readonly int[] SecretboxLengths = [Secretbox.KeyLength];

    public static void Check(EncryptionConfiguration configuration, bool isReloaded, Findings findings)
    {
        if (configuration.Resources.Count == 0)
        {
            findings.Required("resources", "at least one resources is required");
            return;
        }

        var services = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < configuration.Resources.Count; i++)
        {
            var (resources, providers) = configuration.Resources[i];
            var path = string.Create(CultureInfo.InvariantCulture, $"resources[{i}]");
            if (resources.Count == 0)
                findings.Required($"{path}.resources", $"at least one {path}.resources is required");
            CheckOverlap(resources, $"{path}.resources", findings);
            for (var j = 0; j < resources.Count; j++)
                CheckName(resources[j], string.Create(CultureInfo.InvariantCulture, $"{path}.resources[{j}]"), findings);
            if (providers.Count == 0)
                findings.Required($"{path}.providers", $"at least one {path}.providers is required");
            for (var j = 0; j < providers.Count; j++)
                CheckProvider(providers[j], string.Create(CultureInfo.InvariantCulture, $"{path}.providers[{j}]"), services, isReloaded, findings);
        }
    }

    private static void CheckOverlap(IReadOnlyList<string> resources, string path, Findings findings)
    {
        var all = resources.Select(Parse).ToList();
        if (all.Distinct().Count() < all.Count)
            findings.Invalid(path, resources, "the same resource cannot be specified multiple times");

        var isCovered = all.Where((r, i) => all.Where((other, j) => j != i && other != r && Covers(other, r)).Any()).Any();
        if (isCovered)
            findings.Invalid(path, resources, "using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked");
    }

    private static bool Covers((string Resource, string Group) wide, (string Resource, string Group) narrow) =>
        wide is ("*", "*") || (wide.Resource == "*" && wide.Group == narrow.Group);

    private static void CheckName(string name, string path, Findings findings)
    {
        var (resource, group) = Parse(name);
        if (name.Any(char.IsUpper))
            findings.Invalid(path, name, "resource name should not contain capital letters");
        else if (name == "*")
            findings.Invalid(path, name, "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources");
        else if (name is "apiserveripinfo" or "serviceipallocations" or "servicenodeportallocations")
            findings.Invalid(path, name, "resources which do not have REST API/s cannot be encrypted");
        else if (group == "events.k8s.io")
            findings.Invalid(path, name, "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file");
        else if (group == "extensions")
            findings.Invalid(path, name, "'extensions' group has been removed and cannot be used for encryption");
        else if (group == "*" && resource != "*")
            findings.Invalid(path, name, "encrypting the same resource across groups is not supported");
    }

    private static void CheckProvider(ProviderConfiguration provider, string path, HashSet<string> services, bool isReloaded, Findings findings)
    {
        // Upstream prints the Go struct as the value, which may hold keys; the message is the same without.
        if (provider.Kinds.Count == 0)
            findings.Invalid(path, "{}", "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity");
        else if (provider.Kinds.Count > 1)
            findings.Invalid(path, string.Join(", ", provider.Kinds), "more than one provider specified in a single element, should split into different list elements");
        else if (provider.Kms is { } kms)
            CheckKms(kms, path + ".kms", services, isReloaded, findings);
        else if (provider.Kind != "identity")
            CheckKeys(provider.Keys, $"{path}.{provider.Kind}.keys", provider.Kind == "secretbox" ? SecretboxLengths : AesLengths, findings);
    }

    private static void CheckKeys(IReadOnlyList<KeyConfiguration> keys, string path, int[] lengths, Findings findings)
    {
        if (keys.Count == 0)
            findings.Required(path, "at least one keys is required");
        for (var i = 0; i < keys.Count; i++)
            CheckKey(keys[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), lengths, findings);
    }

    private static void CheckKey(KeyConfiguration key, string path, int[] lengths, Findings findings)
    {
        if (key.Name.Length == 0)
            findings.Required($"{path}.name", "name is a mandatory field for a key");
        if (key.Secret.Length == 0)
        {
            findings.Required($"{path}.secret", "secret is a mandatory field for a key");
            return;
        }

        if (!Convert.TryFromBase64String(key.Secret, new byte[key.Secret.Length], out var length))
            findings.Invalid($"{path}.secret", "REDACTED", "secrets must be base64 encoded");
        else if (!lengths.Contains(length))
            findings.Invalid($"{path}.secret", "REDACTED", string.Create(CultureInfo.InvariantCulture, $"secret is not of the expected length, got {length}, expected one of [{string.Join(' ', lengths)}]"));
    }

    private static void CheckKms(KmsConfiguration kms, string path, HashSet<string> services, bool isReloaded, Findings findings)
    {
        if (kms.Name.Length == 0)
            findings.Required($"{path}.name", "name is a mandatory field for a provider");
        if (kms.ApiVersion != "v1" && kms.Name.Contains(':', StringComparison.Ordinal))
            findings.Invalid($"{path}.name", kms.Name, $"invalid KMS provider name {kms.Name}, must not contain ':'");
        if (!services.Add(kms.Name) && (isReloaded || kms.ApiVersion != "v1"))
            findings.Invalid($"{path}.name", kms.Name, $"duplicate KMS provider name {kms.Name}, names must be unique");
        if (kms.Timeout <= TimeSpan.Zero)
            findings.Invalid($"{path}.timeout", string.Create(CultureInfo.InvariantCulture, $"{kms.Timeout.TotalSeconds}s"), "timeout should be a positive value");
        CheckEndpoint(kms.Endpoint, $"{path}.endpoint", findings);
        if (kms.ApiVersion != "v1" && kms.CacheSize is { } size)
            findings.Invalid($"{path}.cachesize", size, "cachesize is not supported in v2");
        if (kms is { ApiVersion: "v1", CacheSize: 0 })
            findings.Invalid($"{path}.cachesize", 0, "cachesize should be a positive value, or negative to disable");
        if (kms.ApiVersion is not ("v1" or "v2"))
            findings.Invalid($"{path}.apiVersion", kms.ApiVersion, "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported");
        if (kms.ApiVersion == "v1")
            findings.Invalid($"{path}.apiVersion", "v1", "KMSv1 is deprecated and not supported by this server; set apiVersion: v2 and use a plugin that speaks KMS v2");
    }

    private static void CheckEndpoint(string endpoint, string path, Findings findings)
    {
        if (endpoint.Length == 0)
            findings.Invalid(path, "", "endpoint is a mandatory field for a kms");
        else if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri))
            findings.Invalid(path, endpoint, "invalid endpoint for kms provider, error: it is not a URL");
        else if (uri.Scheme != "unix")
            findings.Invalid(path, endpoint, $"unsupported scheme \"{uri.Scheme}\" for KMS provider, only unix is supported");
    }

    /// <summary>As Go's ParseGroupResource: what stands behind the first dot is the group.</summary>
    private static (string Resource, string Group) Parse(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? (name[..dot], name[(dot + 1)..]) : (name, "");
}
