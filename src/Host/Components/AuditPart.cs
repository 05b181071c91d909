using KubeSharp.ApiServer.Audit;
using KubeSharp.Host.Config;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>The API server's audit, where there is one.</summary>
internal static partial class AuditPart
{
    /// <returns>Null: nothing is noted.</returns>
    /// <exception cref="StartException">The policy is none, or the log cannot be opened.</exception>
    public static Auditor? Open(ServerOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        if (options.AuditPolicyFile.Length == 0 || !options.Audit.IsAny)
        {
            if (options.Audit.IsAny || options.AuditPolicyFile.Length > 0)
                Incomplete(logs.CreateLogger<Auditor>());
            return null;
        }

        var policy = Policy(options.AuditPolicyFile);
        try
        {
            return Auditor.Open(policy, options.Audit, clock, new Random(), logs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the audit log {options.Audit.Log.Path} cannot be opened: {e.Message}", e);
        }
    }

    private static AuditPolicy Policy(string path)
    {
        try
        {
            return AuditPolicy.Parse(File.ReadAllBytes(path));
        }
        catch (FormatException e)
        {
            throw new StartException($"loading audit policy file: {e.Message}: from file {path}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"loading audit policy file: failed to read file path \"{path}\": {e.Message}", e);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "An audit needs a policy (--audit-policy-file) and a place (--audit-log-path or --audit-webhook-config-file); only one is given, so nothing is noted")]
    private static partial void Incomplete(ILogger log);
}
