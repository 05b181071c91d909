using System.Text;
using KubeSharp.Kubelet.Cri;

namespace KubeSharp.Kubelet.Probes;

/// <summary>Makes one probe.</summary>
internal interface IProber
{
    Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken ct);
}

/// <inheritdoc cref="IProber"/>
internal sealed class Prober(IRuntimeStreams streams, TimeProvider clock) : IProber, IDisposable
{
    private readonly HttpProber _http = new(clock);
    private readonly TcpProber _tcp = new(clock);
    private readonly GrpcProber _grpc = new(clock);

    public void Dispose() => _http.Dispose();

    public async Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken ct)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds));
        if (probe.Exec is { } exec)
            return await ExecAsync(target.ContainerId, exec.Command, timeout, ct);

        if (probe.HttpGet is { } http)
        {
            if (ProbeTarget.PortOf(http.Port, target.Container) is not { } port)
                return new(ProbeResult.Error, $"couldn't find port: {http.Port} in container {target.Container.Name}");
            var host = http.Host.Length > 0 ? http.Host : target.PodIp;
            return await _http.ProbeAsync(HttpProber.UriOf(http, host, port), http.HttpHeaders, timeout, ct);
        }

        if (probe.TcpSocket is { } tcp)
        {
            if (ProbeTarget.PortOf(tcp.Port, target.Container) is not { } port)
                return new(ProbeResult.Error, $"couldn't find port: {tcp.Port} in container {target.Container.Name}");
            return await _tcp.ProbeAsync(tcp.Host.Length > 0 ? tcp.Host : target.PodIp, port, timeout, ct);
        }

        if (probe.Grpc is { } grpc)
            return await _grpc.ProbeAsync(target.PodIp, grpc.Port, grpc.Service ?? "", timeout, ct);

        return new(ProbeResult.Error, $"missing probe handler for {target.Pod.Metadata.Name}:{target.Container.Name}");
    }

    private async Task<ProbeOutcome> ExecAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var answer = await streams.ExecSyncAsync(containerId, command, timeout, ct);
            var output = Encoding.UTF8.GetString([.. answer.Stdout.Span, .. answer.Stderr.Span]);
            return answer.ExitCode == 0 ? ProbeOutcome.Success(output) : ProbeOutcome.Failure(output);
        }
        catch (RuntimeException e) when (e.Kind == RuntimeErrorKind.DeadlineExceeded)
        {
            return ProbeOutcome.Failure($"command timed out: \"{string.Join(' ', command)}\" timed out after {timeout.TotalSeconds:0}s");
        }
        catch (RuntimeException e)
        {
            return new(ProbeResult.Error, e.Message);
        }
    }
}
