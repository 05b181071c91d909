using System.Globalization;

namespace KubeSharp.ApiServer.Admission.PodSecurity;

/// <summary>How much a pod may; a greater value is stricter.</summary>
internal enum SecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}

/// <param name="Minor">The minor version of Kubernetes whose rules count; null for the newest.</param>
internal readonly record struct SecurityStandard(SecurityLevel Level, int? Minor)
{
    public override string ToString()
    {
        var level = Level switch
        {
            SecurityLevel.Privileged => "privileged",
            SecurityLevel.Baseline => "baseline",
            _ => "restricted",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{level}:{(Minor is { } minor ? $"v1.{minor}" : "latest")}");
    }
}

/// <summary>What a namespace's labels ask of its pods in each mode.</summary>
internal sealed record SecurityPolicy(SecurityStandard Enforce, SecurityStandard Audit, SecurityStandard Warn)
{
    private const string Prefix = "pod-security.kubernetes.io/";

    public bool IsPrivileged => (Enforce.Level, Audit.Level, Warn.Level) is (SecurityLevel.Privileged, SecurityLevel.Privileged, SecurityLevel.Privileged);

    /// <summary>Always gives a policy: what cannot be read is enforced in its strictest form, and neither audited nor warned of.</summary>
    public static SecurityPolicy Of(IReadOnlyDictionary<string, string> labels, Findings findings)
    {
        var (enforce, isEnforceGiven) = Read(labels, "enforce", SecurityLevel.Restricted, findings);
        var (audit, _) = Read(labels, "audit", SecurityLevel.Privileged, findings);
        var (warn, _) = Read(labels, "warn", SecurityLevel.Privileged, findings);

        // Who enforces wants to be told beforehand, too.
        if (isEnforceGiven && !labels.ContainsKey(Prefix + "warn") && enforce.Level > warn.Level)
            warn = new(enforce.Level, labels.ContainsKey(Prefix + "warn-version") ? warn.Minor : enforce.Minor);
        return new(enforce, audit, warn);
    }

    private static (SecurityStandard Standard, bool IsGiven) Read(IReadOnlyDictionary<string, string> labels, string mode, SecurityLevel otherwise, Findings findings)
    {
        var (level, isGiven, minor) = (SecurityLevel.Privileged, false, (int?)null);
        if (labels.TryGetValue(Prefix + mode, out var text))
        {
            var known = LevelOf(text);
            if (known is null)
                findings.Invalid($"metadata.labels[{Prefix}{mode}]", text, "must be one of privileged, baseline, restricted");
            (level, isGiven) = (known ?? otherwise, known is not null);
        }

        if (labels.TryGetValue($"{Prefix}{mode}-version", out var version) && !TryVersion(version, out minor))
            findings.Invalid($"metadata.labels[{Prefix}{mode}-version]", version, "must be \"latest\" or \"v1.x\"");
        return (new(level, minor), isGiven);
    }

    private static SecurityLevel? LevelOf(string text) => text switch
    {
        "privileged" => SecurityLevel.Privileged,
        "baseline" => SecurityLevel.Baseline,
        "restricted" => SecurityLevel.Restricted,
        _ => null,
    };

    private static bool TryVersion(string text, out int? minor)
    {
        minor = null;
        if (text == "latest")
            return true;
        if (!text.StartsWith("v1.", StringComparison.Ordinal) || !int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (text.Length > 4 && text[3] == '0'))
            return false;

        minor = number;
        return true;
    }
}
