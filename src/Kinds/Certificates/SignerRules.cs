namespace KubeSharp.Kinds.Certificates;

/// <summary>Names of signers: a domain and a path, such as <c>example.com/custom</c>.</summary>
internal static class SignerRules
{
    private const int MaxName = NameRules.MaxSubdomain + 1 + NameRules.MaxSubdomain + NameRules.MaxLabel + 1;

    public static void Validate(string field, string name, Findings findings)
    {
        if (name.Length == 0)
        {
            findings.Required(field);
            return;
        }

        if (name.Split('/') is not [var domain, var path])
        {
            findings.Invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        }

        if (domain.Length > NameRules.MaxSubdomain)
            findings.TooLong(field, NameRules.MaxSubdomain);
        Labels(domain, NameRules.Dns1123Label);
        if (!domain.Contains('.', StringComparison.Ordinal))
            findings.Invalid(field, domain, "should be a domain with at least two segments separated by dots");
        Labels(path, NameRules.Dns1123Subdomain);
        if (name.Length > MaxName)
            findings.TooLong(field, MaxName);

        // The first bad label is told, not all of them.
        void Labels(string part, Func<string, IEnumerable<string>> rule)
        {
            var bad = part.Split('.').FirstOrDefault(l => rule(l).Any());
            foreach (var problem in bad is null ? [] : rule(bad))
                findings.Invalid(field, part, $"validating label \"{bad}\": {problem}");
        }
    }
}
