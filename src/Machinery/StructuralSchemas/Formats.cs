using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace KubeSharp.Machinery.StructuralSchemas;

/// <summary>The formats of strings that a schema may ask for; dashes in their names do not count. Unknown formats mean nothing.</summary>
public static partial class Formats
{
    private static readonly Dictionary<string, Func<string, bool>> Checks = new()
    {
        ["bsonobjectid"] = s => s.Length == 24 && s.All(char.IsAsciiHexDigit),
        ["uri"] = s => Uri.TryCreate(s, UriKind.Absolute, out _) || s.StartsWith('/') || NoAuthority().IsMatch(s),
        ["email"] = s => System.Net.Mail.MailAddress.TryCreate(s, out _),
        ["hostname"] = IsHostName,
        ["ipv4"] = s => IsAddress(s, AddressFamily.InterNetwork),
        ["ipv6"] = s => IsAddress(s, AddressFamily.InterNetworkV6),
        ["cidr"] = IsCidr,
        ["mac"] = s => Mac().IsMatch(s),
        ["uuid"] = s => Uuid().IsMatch(s),
        ["uuid3"] = s => Uuid().IsMatch(s) && Version(s) == '3',
        ["uuid4"] = s => Uuid().IsMatch(s) && Version(s) == '4' && HasVariant(s),
        ["uuid5"] = s => Uuid().IsMatch(s) && Version(s) == '5' && HasVariant(s),
        ["isbn"] = s => IsIsbn10(s) || IsIsbn13(s),
        ["isbn10"] = IsIsbn10,
        ["isbn13"] = IsIsbn13,
        ["creditcard"] = IsCreditCard,
        ["ssn"] = s => s.Length == 11 && SocialSecurity().IsMatch(s),
        ["hexcolor"] = s => HexColor().IsMatch(s),
        ["rgbcolor"] = s => RgbColor().IsMatch(s),
        ["byte"] = s => s.Length > 0 && !s.Any(char.IsWhiteSpace) && Base64.IsValid(s),
        ["password"] = _ => true,
        ["date"] = s => DateOnly.TryParseExact(s, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["duration"] = s => GoDuration().IsMatch(s) || ScalaDuration().IsMatch(s),
        ["datetime"] = IsDateTime,
        ["k8sshortname"] = s => !NameRules.Dns1123Label(s).Any(),
        ["k8slongname"] = s => !NameRules.Dns1123Subdomain(s).Any(),
    };

    public static bool IsKnown(string format) => Checks.ContainsKey(Normalized(format));

    /// <summary>Whether a string has a format; true for unknown formats.</summary>
    public static bool Matches(string format, string text) => !Checks.TryGetValue(Normalized(format), out var check) || check(text);

    private static string Normalized(string format) => format.Replace("-", "", StringComparison.Ordinal);

    private static bool IsHostName(string text) =>
        text.Length is > 0 and <= 255 && (text.Split('.') is not { Length: > 1 } labels || (labels[^1].Length > 1 && labels[^1].All(char.IsLetter)))
        && text.Split('.').All(l => l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => c is '-' || char.IsLetterOrDigit(c) || char.IsSymbol(c)));

    private static bool IsAddress(string text, AddressFamily family)
    {
        // As upstream: what has a dot is of the fourth version too (::ffff:1.2.3.4), and zeros may lead. IPAddress takes short forms ("1"), octal ones and zones.
        if (!text.Contains(':', StringComparison.Ordinal))
            return family == AddressFamily.InterNetwork && text.Split('.') is { Length: 4 } parts && parts.All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var part) && part <= 255);
        return !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            && (family == AddressFamily.InterNetworkV6 || text.Contains('.', StringComparison.Ordinal));
    }

    private static bool IsCidr(string text) => text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
        && (IsAddress(text[..slash], AddressFamily.InterNetwork) || IsAddress(text[..slash], AddressFamily.InterNetworkV6))
        && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && bits <= (text.Contains(':', StringComparison.Ordinal) ? 128 : 32);

    private static char Version(string uuid) => uuid.Replace("-", "", StringComparison.Ordinal)[12];

    private static bool HasVariant(string uuid) => char.ToLowerInvariant(uuid.Replace("-", "", StringComparison.Ordinal)[16]) is '8' or '9' or 'a' or 'b';

    private static bool IsIsbn10(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length != 10 || !digits[..9].All(char.IsAsciiDigit) || !(digits[9] is 'X' || char.IsAsciiDigit(digits[9])))
            return false;

        var sum = digits[..9].Select((d, i) => (i + 1) * (d - '0')).Sum() + (10 * (digits[9] == 'X' ? 10 : digits[9] - '0'));
        return sum % 11 == 0;
    }

    private static bool IsIsbn13(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return digits.Length == 13 && digits.All(char.IsAsciiDigit) && digits.Select((d, i) => (i % 2 == 0 ? 1 : 3) * (d - '0')).Sum() % 10 == 0;
    }

    private static bool IsCreditCard(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (!CreditCard().IsMatch(digits))
            return false;

        var sum = digits.Reverse().Select((d, i) => i % 2 == 0 ? d - '0' : ((d - '0') * 2 / 10) + ((d - '0') * 2 % 10)).Sum();
        return sum % 10 == 0;
    }

    private static bool IsDateTime(string text) => DateTimeShape().IsMatch(text)
        && DateTime.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^([0-9A-Fa-f]{2}([:-])([0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2}([:-])([0-9A-Fa-f]{2}\5){6}[0-9A-Fa-f]{2})\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9+.-]*://\z")]
    private static partial Regex NoAuthority();

    [GeneratedRegex(@"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\z")]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z")]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)\z")]
    private static partial Regex RgbColor();

    [GeneratedRegex(@"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})\z")]
    private static partial Regex CreditCard();

    [GeneratedRegex(@"^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)\z")]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?\s*(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|wks?)(\s+[0-9]+(\.[0-9]+)?\s*(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|wks?))*\z")]
    private static partial Regex ScalaDuration();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex DateTimeShape();
}
