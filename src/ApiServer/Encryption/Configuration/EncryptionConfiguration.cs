namespace KubeSharp.ApiServer.Encryption.Configuration;

/// <summary>An <c>apiserver.config.k8s.io/v1</c> EncryptionConfiguration as it is written.</summary>
internal sealed record EncryptionConfiguration(IReadOnlyList<ResourceConfiguration> Resources);

/// <param name="Resources">Plural names, <c>plural.group</c>, <c>*.group</c>, <c>*.</c> for the core group or <c>*.*</c>.</param>
/// <param name="Providers">The first writes; all read.</param>
internal sealed record ResourceConfiguration(IReadOnlyList<string> Resources, IReadOnlyList<ProviderConfiguration> Providers);

/// <summary>One element of <c>providers</c>.</summary>
/// <param name="Kinds">The fields that are set: <c>aesgcm</c>, <c>aescbc</c>, <c>secretbox</c>, <c>identity</c>, <c>kms</c>. One, if all is well.</param>
internal sealed record ProviderConfiguration(IReadOnlyList<string> Kinds, IReadOnlyList<KeyConfiguration> Keys, KmsConfiguration? Kms)
{
    public string Kind => Kinds[0];
}

/// <param name="Secret">In base64.</param>
internal sealed record KeyConfiguration(string Name, string Secret);

internal sealed record KmsConfiguration
{
    /// <summary>Upstream's default is the deprecated one.</summary>
    public string ApiVersion { get; init; } = "v1";

    public string Name { get; init; } = "";

    /// <summary><c>unix:///…</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>For v1 only.</summary>
    public long? CacheSize { get; init; }

    /// <summary>How long one call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);
}
