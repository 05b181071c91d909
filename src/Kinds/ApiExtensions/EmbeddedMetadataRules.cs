using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.ApiExtensions;

/// <summary>The rules of metadata inside of another object: it need not have a name, and names are looser.</summary>
public static class EmbeddedMetadataRules
{
    public static void Validate(ObjectMeta metadata, string field, Findings findings)
    {
        findings.Each(field + ".name", metadata.Name, NameRules.PathSegment(metadata.Name));
        if (metadata.Namespace.Length > 0)
            findings.Each(field + ".namespace", metadata.Namespace, NameRules.Dns1123Label(metadata.Namespace));
        findings.Labels(field + ".labels", metadata.Labels);
        foreach (var key in metadata.Annotations.Keys.Order(StringComparer.Ordinal))
            findings.Each(field + ".annotations", key, NameRules.QualifiedName(key.ToLowerInvariant()));
        foreach (var finalizer in metadata.Finalizers)
            findings.Each(field + ".finalizers", finalizer, NameRules.QualifiedName(finalizer));
    }
}
