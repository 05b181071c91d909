using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Devices;

/// <summary>Names around devices, and the limits of lists of them.</summary>
internal static partial class DeviceNames
{
    private const int MaxIdentifier = 32;

    /// <summary>A label, required or not: an empty one is not a label.</summary>
    public static void Label(this Findings findings, string field, string name) => findings.Each(field, name, NameRules.Dns1123Label(name));

    /// <summary>DNS names parted by slashes.</summary>
    public static void PoolName(this Findings findings, string field, string name)
    {
        if (name.Length == 0)
        {
            findings.Required(field);
            return;
        }

        if (name.Length > NameRules.MaxSubdomain)
            findings.TooLong(field, NameRules.MaxSubdomain);
        foreach (var part in name.Split('/'))
            findings.Each(field, part, NameRules.Dns1123Subdomain(part));
    }

    /// <summary>A C identifier, with a driver's domain before a slash or without.</summary>
    public static void AttributeName(this Findings findings, string field, string name)
    {
        switch (name.Split('/'))
        {
            case [var id]:
                Identifier(findings, field, id);
                break;
            case [var domain, var id]:
                if (domain.Length == 0)
                    findings.Invalid(field, "", "the domain must not be empty");
                else
                    findings.DriverName(field, domain);
                if (id.Length == 0)
                    findings.Invalid(field, "", "the name must not be empty");
                else
                    Identifier(findings, field, id);
                break;
        }
    }

    public static void FullAttributeName(this Findings findings, string field, string name)
    {
        findings.AttributeName(field, name);
        if (!name.Contains('/', StringComparison.Ordinal))
            findings.Invalid(field, name, "a fully qualified name must be a domain and a name separated by a slash");
    }

    public static void Uid(this Findings findings, string field, string uid)
    {
        if (!Guid.TryParse(uid, out var parsed))
            findings.Invalid(field, uid, $"error validating uid: invalid UUID length: {uid.Length}");
        else if (uid != parsed.ToString("D"))
            findings.Invalid(field, uid, "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters");
    }

    /// <summary>A list of at most <paramref name="max"/>; of a longer one no item is looked at.</summary>
    public static void Items<T>(this Findings findings, string field, IReadOnlyList<T> items, int max, Action<T, string> check)
    {
        if (items.Count > max)
        {
            findings.TooMany(field, items.Count, max);
            return;
        }

        for (var i = 0; i < items.Count; i++)
            check(items[i], $"{field}[{i}]");
    }

    /// <summary>As <see cref="Items{T}"/>, each with a key of its own.</summary>
    public static void UniqueItems<T>(this Findings findings, string field, IReadOnlyList<T> items, int max, Func<T, string> key, Action<T, string> check)
    {
        findings.Items(field, items, max, check);
        if (items.Count > max)
            return;

        var seen = new HashSet<string>();
        for (var i = 0; i < items.Count; i++)
        {
            if (!seen.Add(key(items[i])))
                findings.Duplicate($"{field}[{i}]", key(items[i]));
        }
    }

    private static void Identifier(Findings findings, string field, string id)
    {
        if (id.Length > MaxIdentifier)
            findings.TooLong(field, MaxIdentifier);
        if (!CIdentifier().IsMatch(id))
            findings.Invalid(field, id, NameRules.RegexError("a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'", "[A-Za-z_][A-Za-z0-9_]*", "my_name", "MY_NAME", "MyName"));
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex CIdentifier();
}
