using System.Reflection;
using KubeSharp.ApiServer.Discovery;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Http;

/// <summary>What <c>/version</c> says.</summary>
/// <param name="GitVersion">The API this server speaks, and its own version behind the plus: <c>v1.36.0+kubesharp.1</c>.</param>
/// <param name="GitCommit">Of the program's own assembly; empty where it was built outside a repository.</param>
public sealed record ServerVersion(string GitVersion, string GitCommit, string BuildDate)
{
    public const string Major = "1";
    public const string Minor = "36";

    public static ServerVersion Current { get; } = new(
        "v1.36.0+kubesharp",
        CommitIn(Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion),
        "1970-01-01T00:00:00Z");

    private static string Platform => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux/arm64" : "linux/amd64";

    private static string Runtime => "none (.NET " + Environment.Version + ")";

    /// <summary>The SDK writes it behind a plus: <c>1.0.0+0b5fbf73d651b76636296c8d81a0eb47a1bf9a26</c>.</summary>
    internal static string CommitIn(string? informationalVersion) =>
        informationalVersion?.Split('+') is [_, var commit] && commit.All(char.IsAsciiHexDigitLower) ? commit : "";

    /// <summary>The version as a metric, the same for all components.</summary>
    internal void Write(PrometheusText text)
    {
        text.Family("kubernetes_build_info", "gauge", "[BETA] Always 1; the labels tell what runs here.");
        text.Value(
            [
                ("build_date", BuildDate), ("compiler", "dotnet"), ("git_commit", GitCommit), ("git_tree_state", "clean"), ("git_version", GitVersion),
                ("go_version", Runtime), ("major", Major), ("minor", Minor), ("platform", Platform),
            ],
            1);
    }

    internal byte[] ToJson() => DiscoveryDocuments.Write(w =>
    {
        w.WriteStartObject();
        w.WriteString("major"u8, Major);
        w.WriteString("minor"u8, Minor);
        w.WriteString("emulationMajor"u8, Major);
        w.WriteString("emulationMinor"u8, Minor);
        w.WriteString("minCompatibilityMajor"u8, Major);
        w.WriteString("minCompatibilityMinor"u8, "35"u8);
        w.WriteString("gitVersion"u8, GitVersion);
        w.WriteString("gitCommit"u8, GitCommit);
        w.WriteString("gitTreeState"u8, "clean"u8);
        w.WriteString("buildDate"u8, BuildDate);
        w.WriteString("goVersion"u8, Runtime);
        w.WriteString("compiler"u8, "dotnet"u8);
        w.WriteString("platform"u8, Platform);
        w.WriteEndObject();
    });
}
