using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Volumes made of files from several sources; no two may want the same path.</summary>
internal sealed class ProjectionRules(ProjectedVolumeSource projected, string path, Findings findings)
{
    private const long MinTokenSeconds = 10 * 60;
    private const long MaxTokenSeconds = 1L << 32;

    private static readonly string[] Fields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    private readonly HashSet<string> _paths = [];

    public static void Item(KeyToPath item, string path, Findings findings)
    {
        if (item.Key.Length == 0)
            findings.Required($"{path}.key");
        if (item.Path.Length == 0)
            findings.Required($"{path}.path");
        findings.NotReserved($"{path}.path", item.Path);
        findings.FileMode($"{path}.mode", item.Mode);
    }

    public static void File(DownwardAPIVolumeFile file, string path, Findings findings)
    {
        if (file.Path.Length == 0)
            findings.Required($"{path}.path");
        findings.NotReserved($"{path}.path", file.Path);

        if (file is { FieldRef: not null, ResourceFieldRef: not null })
            findings.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        if (file.FieldRef is { } field)
            EnvironmentRules.FieldRef(field, $"{path}.fieldRef", Fields, findings);
        else if (file.ResourceFieldRef is { } resource)
            EnvironmentRules.ResourceRef(resource, $"{path}.resourceFieldRef", needsContainer: true, findings);
        else
            findings.Required(path, "one of fieldRef and resourceFieldRef is required");

        findings.FileMode($"{path}.mode", file.Mode);
    }

    public void Validate()
    {
        findings.FileMode($"{path}.defaultMode", projected.DefaultMode);
        for (var i = 0; i < projected.Sources.Count; i++)
            Source(projected.Sources[i], $"{path}.sources[{i}]");
    }

    private void Source(VolumeProjection source, string at)
    {
        if (source.Secret is { } secret)
            Items(secret.Name, secret.Items, $"{at}.secret");
        if (source.ConfigMap is { } configMap)
            Items(configMap.Name, configMap.Items, $"{at}.configMap");
        foreach (var file in source.DownwardAPI?.Items ?? [])
        {
            File(file, $"{at}.downwardAPI", findings);
            Claim(file.Path, file.Path);
        }

        if (source.ServiceAccountToken is { } token)
            Token(token, $"{at}.serviceAccountToken");
        if (source.ClusterTrustBundle is { } bundle)
            TrustBundle(bundle, $"{at}.clusterTrustBundle");

        object?[] all = [source.Secret, source.ConfigMap, source.DownwardAPI, source.ServiceAccountToken, source.ClusterTrustBundle, source.PodCertificate];
        if (all.Count(s => s is not null) > 1)
            findings.Forbidden(at, "may not specify more than 1 volume type per source");
    }

    private void Items(string name, IReadOnlyList<KeyToPath> items, string at)
    {
        if (name.Length == 0)
            findings.Required($"{at}.name");
        for (var i = 0; i < items.Count; i++)
        {
            Item(items[i], $"{at}.items[{i}]", findings);
            Claim(items[i].Path, name);
        }
    }

    private void Token(ServiceAccountTokenProjection token, string at)
    {
        if (token.ExpirationSeconds < MinTokenSeconds)
            findings.Invalid($"{at}.expirationSeconds", token.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        if (token.ExpirationSeconds > MaxTokenSeconds)
            findings.Invalid($"{at}.expirationSeconds", token.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");

        // Upstream's path of this finding is the volume's, not the source's.
        if (token.Path.Length == 0)
            findings.Required($"{path}.path");
        else
            findings.NotReserved($"{path}.path", token.Path);
    }

    private void TrustBundle(ClusterTrustBundleProjection bundle, string at)
    {
        if (bundle is { Name: not null, SignerName: not null })
            findings.Invalid(at, bundle, "only one of name and signerName may be used");
        else if (bundle is { Name: null, SignerName: null })
            findings.Required(at, "either name or signerName must be specified");
        else if (bundle is { Name: not null, LabelSelector: not null })
            findings.Invalid($"{at}.labelSelector", bundle.LabelSelector, "labelSelector must be unset if name is specified");
        if (bundle.Path.Length == 0)
            findings.Required($"{at}.path");
        findings.NotReserved($"{at}.path", bundle.Path);
        findings.Selector($"{at}.labelSelector", bundle.LabelSelector);
        Claim(bundle.Path, bundle.Path);
    }

    private void Claim(string file, string source)
    {
        if (file.Length > 0 && !_paths.Add(file))
            findings.Invalid(path, source, "conflicting duplicate paths");
    }
}
