using System.Text;
using Grpc.Core;
using Grpc.Net.Client;

namespace KubeSharp.Kubelet.Probes;

/// <summary>Asks <c>grpc.health.v1.Health/Check</c>; SERVING is a success.</summary>
internal sealed class GrpcProber(TimeProvider clock)
{
    private const int Serving = 1;

    /// <summary>Both messages have one field with number 1: the service's name, the status.</summary>
    private static readonly Method<string, Health> Check = new(
        MethodType.Unary, "grpc.health.v1.Health", "Check", Marshallers.Create(WriteService, _ => ""), Marshallers.Create<Health>(_ => [], m => new(ReadStatus(m))));

    public async Task<ProbeOutcome> ProbeAsync(string host, int port, string service, TimeSpan timeout, CancellationToken ct)
    {
        var address = ProbeTarget.HostPort(host, port);
        using var channel = GrpcChannel.ForAddress($"http://{address}", new() { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var headers = new Metadata { { "user-agent", "kube-probe/1.36" } };
            using var call = channel.CreateCallInvoker().AsyncUnaryCall(Check, null, new CallOptions(headers, cancellationToken: both.Token), service);
            var status = (await call).Status;
            return status == Serving
                ? ProbeOutcome.Success("service healthy")
                : ProbeOutcome.Failure($"service unhealthy (responded with \"{StatusName(status)}\")");
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure(e.StatusCode switch
            {
                StatusCode.Unimplemented => $"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {e.Status.Detail}",
                StatusCode.Cancelled or StatusCode.DeadlineExceeded => $"timeout: health rpc did not complete within {timeout.TotalSeconds:0}s",
                StatusCode.Unavailable => $"error: health rpc probe failed: connection error: desc = \"{e.Status.Detail}\"",
                _ => $"error: health rpc probe failed: {e.Status.Detail}",
            });
        }
        catch (RpcException e)
        {
            throw new OperationCanceledException("The probe was cancelled", e, ct);
        }
    }

    private static string StatusName(int status) => status switch
    {
        0 => "UNKNOWN",
        2 => "NOT_SERVING",
        3 => "SERVICE_UNKNOWN",
        _ => $"{status}",
    };

    private static byte[] WriteService(string service)
    {
        if (service.Length == 0)
            return [];

        // Field 1, length-delimited; two bytes of length reach far beyond any service name.
        var text = Encoding.UTF8.GetBytes(service);
        return text.Length < 128
            ? [0x0A, (byte)text.Length, .. text]
            : [0x0A, (byte)((text.Length & 0x7F) | 0x80), (byte)(text.Length >> 7), .. text];
    }

    private sealed record Health(int Status);

    private static int ReadStatus(byte[] message) => message is [0x08, var status, ..] ? status : 0;
}
