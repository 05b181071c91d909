using System.Text.RegularExpressions;
using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Pods;

/// <summary>Probes and lifecycle hooks: both are actions upon a container.</summary>
internal static partial class ProbeRules
{
    /// <summary>Liveness and startup: one success is enough.</summary>
    public static void Liveness(Probe? probe, string path, Findings findings)
    {
        Common(probe, path, findings);
        if (probe is not null && probe.SuccessThreshold != 1)
            findings.Invalid($"{path}.successThreshold", probe.SuccessThreshold, "must be 1");
    }

    public static void Readiness(Probe? probe, string path, Findings findings)
    {
        Common(probe, path, findings);
        if (probe?.TerminationGracePeriodSeconds is { } grace)
            findings.Invalid($"{path}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes");
    }

    public static void Lifecycle(Lifecycle? lifecycle, PodSpec spec, string path, Findings findings)
    {
        if (lifecycle is null)
            return;

        if (lifecycle.PostStart is { } start)
            Hook(start, spec, $"{path}.postStart", findings);
        if (lifecycle.PreStop is { } stop)
            Hook(stop, spec, $"{path}.preStop", findings);
        if (lifecycle.StopSignal is not null && spec.Os is null)
            findings.Forbidden($"{path}.stopSignal", "may not be set for containers with empty `spec.os.name`");
    }

    private static void Common(Probe? probe, string path, Findings findings)
    {
        if (probe is null)
            return;

        var actions = new AlternativeFields(findings, path, "may not specify more than 1 handler type");
        if (actions.Takes("exec", probe.Exec))
            Exec(probe.Exec!, $"{path}.exec", findings);
        if (actions.Takes("httpGet", probe.HttpGet))
            HttpGet(probe.HttpGet!, $"{path}.httpGet", findings);
        if (actions.Takes("tcpSocket", probe.TcpSocket))
            Port(probe.TcpSocket!.Port, $"{path}.tcpSocket.port", findings);
        if (actions.Takes("grpc", probe.Grpc))
            Port(probe.Grpc!.Port, $"{path}.grpc.port", findings);
        if (actions.Count == 0)
            findings.Required(path, "must specify a handler type");

        findings.NonNegative($"{path}.initialDelaySeconds", probe.InitialDelaySeconds);
        findings.NonNegative($"{path}.timeoutSeconds", probe.TimeoutSeconds);
        findings.NonNegative($"{path}.periodSeconds", probe.PeriodSeconds);
        findings.NonNegative($"{path}.successThreshold", probe.SuccessThreshold);
        findings.NonNegative($"{path}.failureThreshold", probe.FailureThreshold);
        if (probe.TerminationGracePeriodSeconds <= 0)
            findings.Invalid($"{path}.terminationGracePeriodSeconds", probe.TerminationGracePeriodSeconds, "must be greater than 0");
    }

    private static void Hook(LifecycleHandler hook, PodSpec spec, string path, Findings findings)
    {
        var actions = new AlternativeFields(findings, path, "may not specify more than 1 handler type");
        if (actions.Takes("exec", hook.Exec))
            Exec(hook.Exec!, $"{path}.exec", findings);
        if (actions.Takes("httpGet", hook.HttpGet))
            HttpGet(hook.HttpGet!, $"{path}.httpGet", findings);
        if (actions.Takes("tcpSocket", hook.TcpSocket))
            Port(hook.TcpSocket!.Port, $"{path}.tcpSocket.port", findings);
        if (actions.Takes("sleep", hook.Sleep) && spec.TerminationGracePeriodSeconds is { } grace && (hook.Sleep!.Seconds < 0 || hook.Sleep.Seconds > grace))
            findings.Invalid($"{path}.sleep", hook.Sleep.Seconds, $"must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        if (actions.Count == 0)
            findings.Required(path, "must specify a handler type");
    }

    private static void Exec(ExecAction exec, string path, Findings findings)
    {
        if (exec.Command.Count == 0)
            findings.Required($"{path}.command");
    }

    private static void HttpGet(HTTPGetAction get, string path, Findings findings)
    {
        if (get.Path.Length == 0)
            findings.Required($"{path}.path");
        Port(get.Port, $"{path}.port", findings);
        findings.OptionalOneOf($"{path}.scheme", get.Scheme, "HTTP", "HTTPS");
        foreach (var header in get.HttpHeaders.Where(h => !HeaderName().IsMatch(h.Name)))
            findings.Invalid($"{path}.httpHeaders", header.Name, NameRules.RegexError("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name"));
    }

    private static void Port(IntOrString port, string path, Findings findings)
    {
        if (port.IsInt)
            findings.Each(path, port.Number, NameRules.PortNumber(port.Number));
        else
            findings.Each(path, port.Text, NameRules.PortName(port.Text));
    }

    [GeneratedRegex(@"^[-A-Za-z0-9]+\z")]
    private static partial Regex HeaderName();
}
