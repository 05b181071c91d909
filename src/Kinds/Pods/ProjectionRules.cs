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
        var sources = new AlternativeFields(findings, at, "may not specify more than 1 volume type per source");
        if (sources.Takes("secret", source.Secret))
            Items(source.Secret!.Name, source.Secret.Items, $"{at}.secret");
        if (sources.Takes("configMap", source.ConfigMap))
            Items(source.ConfigMap!.Name, source.ConfigMap.Items, $"{at}.configMap");
        if (sources.Takes("downwardAPI", source.DownwardAPI))
        {
            foreach (var file in source.DownwardAPI!.Items)
            {
                File(file, $"{at}.downwardAPI", findings);
                Claim(file.Path, file.Path);
            }
        }

        if (sources.Takes("serviceAccountToken", source.ServiceAccountToken))
            Token(source.ServiceAccountToken!, $"{at}.serviceAccountToken");
        if (sources.Takes("clusterTrustBundle", source.ClusterTrustBundle))
            TrustBundle(source.ClusterTrustBundle!, $"{at}.clusterTrustBundle");
        sources.Takes("podCertificate", source.PodCertificate);
        if (sources.Count == 0)
            findings.Required(at, "must specify one of: `secret`, `configMap`, `downwardAPI`, `serviceAccountToken`, `clusterTrustBundle`, `podCertificate`");
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
        Claim(token.Path, token.Path);
    }

    private void TrustBundle(ClusterTrustBundleProjection bundle, string at)
    {
        if (bundle.Name is null == bundle.SignerName is null)
            findings.Invalid(at, bundle, "either name or signerName must be specified, and not both");
        if (bundle.Path.Length == 0)
            findings.Required($"{at}.path");
        findings.Selector($"{at}.labelSelector", bundle.LabelSelector);
        Claim(bundle.Path, bundle.Path);
    }

    private void Claim(string file, string source)
    {
        if (file.Length > 0 && !_paths.Add(file))
            findings.Invalid(path, source, "conflicting duplicate paths");
    }
}
