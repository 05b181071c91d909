using KubeSharp.Objects.AdmissionregistrationV1;

namespace KubeSharp.ApiServer.Admission.Matching;

/// <summary>Whether the rules of a webhook or policy are about a request. Pure.</summary>
internal static class RequestRules
{
    private const string Any = "*";

    private static readonly HashSet<string> Configurations =
    [
        "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
        "mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
    ];

    /// <summary>Who could be kept from changing the configuration of admission could be locked out of the cluster: nothing stands before these.</summary>
    public static bool IsExempt(ResourceType type) => type.Group == "admissionregistration.k8s.io" && Configurations.Contains(type.Plural);

    /// <param name="type">The resource as named by the client, or an equivalent of it.</param>
    /// <param name="isNamespaced">Whether the request is within a namespace; a Namespace itself is not.</param>
    public static bool Matches(RuleWithOperations rule, AdmissionVerb verb, ResourceType type, string subresource, bool isNamespaced) =>
        Has(rule.Operations, NameOf(verb))
        && Has(rule.ApiGroups, type.Group)
        && Has(rule.ApiVersions, type.Version)
        && rule.Resources.Any(r => IsResource(r, type.Plural, subresource))
        && (rule.Scope ?? Any) switch
        {
            Any => true,
            "Namespaced" => isNamespaced,
            _ => !isNamespaced,
        };

    public static string NameOf(AdmissionVerb verb) => verb switch
    {
        AdmissionVerb.Create => "CREATE",
        AdmissionVerb.Update => "UPDATE",
        AdmissionVerb.Delete => "DELETE",
        _ => "CONNECT",
    };

    private static bool Has(IReadOnlyList<string> names, string name) => names.Contains(Any) || names.Contains(name);

    /// <summary><c>pods</c>, <c>pods/status</c>, <c>pods/*</c>, <c>*/scale</c>, <c>*</c> (no subresources), <c>*/*</c>.</summary>
    private static bool IsResource(string pattern, string plural, string subresource)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        var (resource, sub) = slash < 0 ? (pattern, "") : (pattern[..slash], pattern[(slash + 1)..]);
        return (resource == Any || resource == plural) && (sub == Any || sub == subresource);
    }
}
