using System.Globalization;
using static KubeSharp.Machinery.Cel.CelType;

namespace KubeSharp.Machinery.Cel;

/// <summary>Kubernetes' semantic versions, with normalization (version 1 of the library).</summary>
internal static class SemverLibrary
{
    private static readonly CelType Type = Opaque("kubernetes.Semver");

    public static void AddTo(Declarations d)
    {
        d.AddType(Type);
        d.Function("semver", "string_to_semver", [Text], Type, a => Parse(a[0].AsText, normalizes: false));
        d.Function("semver", "string_bool_to_semver", [Text, Bool], Type, a => Parse(a[0].AsText, a[1].AsBool));
        d.Function("isSemver", "is_semver_string", [Text], Bool, a => CelValue.Of(!Parse(a[0].AsText, normalizes: false).IsError));
        d.Function("isSemver", "is_semver_string_bool", [Text, Bool], Bool, a => CelValue.Of(!Parse(a[0].AsText, a[1].AsBool).IsError));
        d.Member("isGreaterThan", "semver_is_greater_than", [Type, Type], Bool, a => CelValue.Of(Of(a[0]).CompareTo(Of(a[1])) > 0));
        d.Member("isLessThan", "semver_is_less_than", [Type, Type], Bool, a => CelValue.Of(Of(a[0]).CompareTo(Of(a[1])) < 0));
        d.Member("compareTo", "semver_compare_to", [Type, Type], Int, a => CelValue.Of((long)Math.Sign(Of(a[0]).CompareTo(Of(a[1])))));
        d.Member("major", "semver_major", [Type], Int, a => CelValue.Of((long)Of(a[0]).Major));
        d.Member("minor", "semver_minor", [Type], Int, a => CelValue.Of((long)Of(a[0]).Minor));
        d.Member("patch", "semver_patch", [Type], Int, a => CelValue.Of((long)Of(a[0]).Patch));
    }

    private static Version Of(CelValue value) => (Version)value.AsOpaque;

    private static CelValue Parse(string text, bool normalizes)
    {
        if (normalizes)
        {
            if (!TryNormalize(text, out text))
                return CelValue.Error("short version cannot contain PreRelease/Build meta data");
        }

        if (text.Length == 0)
            return CelValue.Error("Version string empty");
        var parts = text.Split('.', 3);
        if (parts.Length != 3)
            return CelValue.Error("No Major.Minor.Patch elements found");

        var end = parts[2].IndexOfAny(['-', '+']);
        var tail = end < 0 ? "" : parts[2][end..];
        if (!Number(parts[0], out var major) || !Number(parts[1], out var minor) || !Number(end < 0 ? parts[2] : parts[2][..end], out var patch))
            return CelValue.Error($"Invalid character(s) or leading zeroes found in version {CelText.Quote(text)}");

        var plus = tail.IndexOf('+', StringComparison.Ordinal);
        string[] build = plus < 0 ? [] : tail[(plus + 1)..].Split('.');
        var pre = plus < 0 ? tail : tail[..plus];
        string[] identifiers = pre.Length == 0 ? [] : pre[1..].Split('.');
        foreach (var part in identifiers.Concat(build))
        {
            if (part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return CelValue.Error($"Invalid prerelease or build meta data in version {CelText.Quote(text)}");
        }

        return identifiers.Any(p => p.Length > 1 && p[0] == '0' && p.All(char.IsAsciiDigit))
            ? CelValue.Error($"Numeric PreRelease version must not contain leading zeroes in version {CelText.Quote(text)}")
            : CelValue.Of(new Version(major, minor, patch, identifiers));
    }

    /// <summary>Takes away a leading <c>v</c> and leading zeros, and fills up with zeros.</summary>
    private static bool TryNormalize(string text, out string normal)
    {
        normal = text;
        var parts = (text.StartsWith('v') ? text[1..] : text).Split('.', 3).Select(Trimmed).ToList();
        if (parts.Count < 3 && parts[^1].IndexOfAny(['+', '-']) >= 0)
            return false;
        while (parts.Count < 3)
            parts.Add("0");
        normal = string.Join('.', parts);
        return true;

        static string Trimmed(string part)
        {
            if (part.Length <= 1)
                return part;
            var trimmed = part.TrimStart('0');
            return trimmed.Length == 0 || !char.IsAsciiDigit(trimmed[0]) ? "0" + trimmed : trimmed;
        }
    }

    private static bool Number(string text, out ulong value)
    {
        value = 0;
        return (text.Length == 1 || (text.Length > 1 && text[0] != '0')) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Version(ulong major, ulong minor, ulong patch, string[] pre) : CelOpaque, IComparable<Version>
    {
        public ulong Major { get; } = major;

        public ulong Minor { get; } = minor;

        public ulong Patch { get; } = patch;

        public override CelType Type => SemverLibrary.Type;

        public override string Text => $"{Major}.{Minor}.{Patch}{(Pre.Length == 0 ? "" : "-" + string.Join('.', Pre))}";

        private string[] Pre { get; } = pre;

        public override bool IsEqual(CelOpaque other) => CompareTo((Version)other) == 0;

        public int CompareTo(Version? other)
        {
            var order = (Major, Minor, Patch).CompareTo((other!.Major, other.Minor, other.Patch));
            if (order != 0)
                return order;
            if (Pre.Length == 0 || other.Pre.Length == 0)
                return other.Pre.Length.CompareTo(0) - Pre.Length.CompareTo(0);
            for (var i = 0; i < Math.Min(Pre.Length, other.Pre.Length); i++)
            {
                order = Compare(Pre[i], other.Pre[i]);
                if (order != 0)
                    return order;
            }

            return Pre.Length.CompareTo(other.Pre.Length);
        }

        /// <summary>Numbers come before words, and in their own order.</summary>
        private static int Compare(string a, string b)
        {
            var (x, y) = (a.All(char.IsAsciiDigit), b.All(char.IsAsciiDigit));
            if (x && y)
                return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
            return x != y ? (x ? -1 : 1) : string.CompareOrdinal(a, b);
        }
    }
}
