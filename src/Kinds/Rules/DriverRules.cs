namespace KubeSharp.Kinds.Rules;

/// <summary>Names of drivers, of storage and of devices, and the parameters given to them.</summary>
internal static class DriverRules
{
    private const int MaxParameters = 512;
    private const int MaxParameterBytes = 256 * 1024;

    /// <summary>A driver's name: a DNS name of at most 63 bytes, in any case.</summary>
    public static void DriverName(this Findings findings, string field, string name)
    {
        if (name.Length == 0)
            findings.Required(field);
        if (name.Length > NameRules.MaxLabel)
            findings.TooLong(field, NameRules.MaxLabel);
        findings.Each(field, name, NameRules.Dns1123Subdomain(name.ToLowerInvariant()));
    }

    /// <summary>The name of a provisioner, which may have a prefix.</summary>
    public static void Provisioner(this Findings findings, string field, string name)
    {
        if (name.Length == 0)
            findings.Required(field);
        else
            findings.Each(field, name.ToLowerInvariant(), NameRules.QualifiedName(name.ToLowerInvariant()));
    }

    public static void Parameters(this Findings findings, string field, IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count > MaxParameters)
        {
            findings.TooLong(field, MaxParameters);
            return;
        }

        if (parameters.ContainsKey(""))
            findings.Invalid(field, "", "field can not be empty.");
        if (parameters.Sum(p => (long)p.Key.Length + p.Value.Length) > MaxParameterBytes)
            findings.TooLong(field, MaxParameterBytes);
    }
}
