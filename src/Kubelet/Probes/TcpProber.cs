using System.Net.Sockets;

namespace KubeSharp.Kubelet.Probes;

/// <summary>A connection that can be opened is a success.</summary>
internal sealed class TcpProber(TimeProvider clock)
{
    public async Task<ProbeOutcome> ProbeAsync(string host, int port, TimeSpan timeout, CancellationToken ct)
    {
        var address = ProbeTarget.HostPort(host, port);
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, both.Token);

            // A reset instead of the four steps of a goodbye: thousands of probes leave no sockets in TIME_WAIT.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            return ProbeOutcome.Success();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"dial tcp {address}: i/o timeout");
        }
        catch (SocketException e)
        {
            return ProbeOutcome.Failure($"dial tcp {address}: {GoErrors.Text(e)}");
        }
    }
}
