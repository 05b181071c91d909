using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary><c>dnsConfig</c>; the numbers are those of libc's resolver.</summary>
internal static partial class DnsRules
{
    private const int MaxNameservers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchCharacters = 2048;
    private const string SearchPattern = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*";

    public static void Validate(PodSpec spec, string path, Findings findings)
    {
        if (spec.DnsPolicy == "None" && spec.DnsConfig is null)
            findings.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        else if (spec.DnsPolicy == "None" && spec.DnsConfig is { Nameservers.Count: 0 })
            findings.Required($"{path}.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None");
        else if (spec.DnsConfig is { } config)
            Config(config, path, findings);
    }

    private static void Config(PodDNSConfig config, string path, Findings findings)
    {
        if (config.Nameservers.Count > MaxNameservers)
            findings.Invalid($"{path}.nameservers", config.Nameservers, $"must not have more than {MaxNameservers} nameservers");
        for (var i = 0; i < config.Nameservers.Count; i++)
            findings.Ip($"{path}.nameservers[{i}]", config.Nameservers[i]);

        if (config.Searches.Count > MaxSearches)
            findings.Invalid($"{path}.searches", config.Searches, $"must not have more than {MaxSearches} search paths");
        if (string.Join(' ', config.Searches).Length > MaxSearchCharacters)
            findings.Invalid($"{path}.searches", config.Searches, $"must not have more than {MaxSearchCharacters} characters (including spaces) in the search list");
        for (var i = 0; i < config.Searches.Count; i++)
            Search($"{path}.searches[{i}]", config.Searches[i], findings);

        for (var i = 0; i < config.Options.Count; i++)
        {
            if (config.Options[i].Name.Length == 0)
                findings.Required($"{path}.options[{i}]", "must not be empty");
        }
    }

    /// <summary>A domain, perhaps with its final dot; the lone dot means no search. Underscores are allowed since 1.34.</summary>
    private static void Search(string path, string search, Findings findings)
    {
        if (search == ".")
            return;

        var domain = search.EndsWith('.') ? search[..^1] : search;
        if (domain.Length > NameRules.MaxSubdomain)
            findings.Invalid(path, domain, NameRules.TooLong(NameRules.MaxSubdomain));
        if (!Searchable().IsMatch(domain))
        {
            findings.Invalid(path, domain, NameRules.RegexError(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", SearchPattern, "example.com"));
        }
    }

    [GeneratedRegex("^" + SearchPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Searchable();
}
