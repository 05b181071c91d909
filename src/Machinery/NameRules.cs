using System.Text.RegularExpressions;

namespace KubeSharp.Machinery;

/// <summary>What names, labels and the like may look like (apimachinery's <c>util/validation</c>). Each rule yields what is wrong; nothing if all is well.</summary>
public static partial class NameRules
{
    public const int MaxSubdomain = 253;
    public const int MaxLabel = 63;

    public static IEnumerable<string> Dns1123Subdomain(string value)
    {
        if (value.Length > MaxSubdomain)
            yield return TooLong(MaxSubdomain);
        if (!Subdomain().IsMatch(value))
            yield return RegexError("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", "example.com");
    }

    public static IEnumerable<string> Dns1123Label(string value)
    {
        if (value.Length > MaxLabel)
            yield return TooLong(MaxLabel);
        if (!Label().IsMatch(value))
            yield return Subdomain().IsMatch(value)
                ? "must not contain dots"
                : RegexError("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "my-name", "123-abc");
    }

    /// <summary>Services' names, which are DNS names of old.</summary>
    public static IEnumerable<string> Dns1035Label(string value)
    {
        if (value.Length > MaxLabel)
            yield return TooLong(MaxLabel);
        if (!Label1035().IsMatch(value))
            yield return RegexError("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
    }

    /// <summary>A name that becomes a segment of a path: RBAC roles.</summary>
    public static IEnumerable<string> PathSegment(string value)
    {
        if (value is "." or "..")
            yield return $"may not be '{value}'";
        foreach (var c in "/%".Where(value.Contains))
            yield return $"may not contain '{c}'";
    }

    /// <summary>Keys of labels, annotations, finalizers, taints: an optional DNS prefix and a name.</summary>
    public static IEnumerable<string> QualifiedName(string value)
    {
        var parts = value.Split('/');
        var name = parts[^1];
        if (parts.Length > 2)
        {
            yield return "a qualified name " + RegexError(QualifiedText, QualifiedPattern, "MyName", "my.name", "123-abc") + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
                yield return "prefix part must be non-empty";
            else
            {
                foreach (var problem in Dns1123Subdomain(parts[0]))
                    yield return "prefix part " + problem;
            }
        }

        if (name.Length == 0)
            yield return "name part must be non-empty";
        else if (name.Length > MaxLabel)
            yield return "name part " + TooLong(MaxLabel);
        if (!Qualified().IsMatch(name))
            yield return "name part " + RegexError(QualifiedText, QualifiedPattern, "MyName", "my.name", "123-abc");
    }

    public static IEnumerable<string> LabelValue(string value)
    {
        if (value.Length > MaxLabel)
            yield return TooLong(MaxLabel);
        if (value.Length > 0 && !Qualified().IsMatch(value))
            yield return RegexError("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", "MyValue", "my_value", "12345");
    }

    /// <summary>Names of environment variables; since 1.34 any printable ASCII but <c>=</c>.</summary>
    public static IEnumerable<string> EnvironmentVariable(string value)
    {
        if (value.Length == 0)
            yield return "environment variable name must not be empty";
        foreach (var c in value)
        {
            if (c is < ' ' or > '~' or '=')
            {
                yield return "a valid environment variable name must consist only of printable ASCII characters other than '='";
                yield break;
            }
        }
    }

    /// <summary>Keys of ConfigMaps and Secrets, which become file names.</summary>
    public static IEnumerable<string> ConfigMapKey(string value)
    {
        if (value.Length > MaxSubdomain)
            yield return TooLong(MaxSubdomain);
        if (!DataKey().IsMatch(value))
            yield return RegexError("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
        if (value == ".")
            yield return "must not be '.'";
        else if (value == "..")
            yield return "must not be '..'";
        else if (value.StartsWith("..", StringComparison.Ordinal))
            yield return "must not start with '..'";
    }

    public static IEnumerable<string> PortNumber(long value)
    {
        if (value is < 1 or > 65535)
            yield return "must be between 1 and 65535, inclusive";
    }

    /// <summary>IANA service names, as ports of containers are named.</summary>
    public static IEnumerable<string> PortName(string value)
    {
        if (value.Length > 15)
            yield return TooLong(15);
        if (!PortCharacters().IsMatch(value))
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!value.Any(char.IsAsciiLetterLower))
            yield return "must contain at least one letter (a-z)";
        if (value.Contains("--", StringComparison.Ordinal))
            yield return "must not contain consecutive hyphens";
        if (value.Length > 0 && (value[0] == '-' || value[^1] == '-'))
            yield return "must not begin or end with a hyphen";
    }

    public static string TooLong(int max) => $"must be no more than {max} bytes";

    public static string RegexError(string message, string pattern, params ReadOnlySpan<string> examples)
    {
        if (examples.Length == 0)
            return $"{message} (regex used for validation is '{pattern}')";

        var list = string.Join(", or ", examples.ToArray().Select(e => $"'{e}'"));
        return $"{message} (e.g. {list.Replace("', or '", "',  or '", StringComparison.Ordinal)}, regex used for validation is '{pattern}')";
    }

    private const string QualifiedText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private const string QualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label1035();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Qualified();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex DataKey();

    [GeneratedRegex(@"^[-a-z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortCharacters();
}
