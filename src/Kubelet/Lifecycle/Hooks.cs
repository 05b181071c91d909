using System.Text;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Probes;
using Container = KubeSharp.Objects.CoreV1.Container;

namespace KubeSharp.Kubelet.Lifecycle;

/// <summary>A postStart or preStop hook that did not do its work.</summary>
internal sealed class HookException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Runs the hooks of a container's life.</summary>
internal sealed class Hooks(IRuntimeStreams streams, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = true,
        UseProxy = false,
        UseCookies = false,
#pragma warning disable CA5359 // as for probes: a hook's server has no name a certificate could hold
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    /// <summary>Runs until the hook is done or <paramref name="ct"/> ends it; the caller sets the time.</summary>
    /// <exception cref="HookException">The hook failed.</exception>
    public async Task RunAsync(LifecycleHandler hook, Container container, string containerId, string podIp, CancellationToken ct)
    {
        if (hook.Exec is { } exec)
            await ExecAsync(exec.Command, containerId, ct);
        else if (hook.HttpGet is { } http)
            await GetAsync(http, container, podIp, ct);
        else if (hook.Sleep is { } sleep)
            await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), clock, ct);
        else
            throw new HookException("invalid handler: no handler is set");
    }

    private async Task ExecAsync(IReadOnlyList<string> command, string containerId, CancellationToken ct)
    {
        try
        {
            var answer = await streams.ExecSyncAsync(containerId, command, TimeSpan.Zero, ct);
            if (answer.ExitCode != 0)
            {
                var output = Encoding.UTF8.GetString([.. answer.Stdout.Span, .. answer.Stderr.Span]);
                throw new HookException($"command '{string.Join(' ', command)}' exited with {answer.ExitCode}: {output}");
            }
        }
        catch (RuntimeException e)
        {
            throw new HookException(e.Message, e);
        }
    }

    private async Task GetAsync(HTTPGetAction action, Container container, string podIp, CancellationToken ct)
    {
        if (ProbeTarget.PortOf(action.Port, container) is not { } port)
            throw new HookException($"couldn't find port: {action.Port} in container {container.Name}");

        try
        {
            var uri = HttpProber.UriOf(action, action.Host.Length > 0 ? action.Host : podIp, port);
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.TryAddWithoutValidation("User-Agent", "kube-lifecycle/1.36");
            foreach (var header in action.HttpHeaders)
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);

            // As upstream: that the server answered is enough, whatever it answered.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw new HookException(e.Message, e);
        }
    }
}
