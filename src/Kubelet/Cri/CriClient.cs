using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace KubeSharp.Kubelet.Cri;

/// <summary>A container runtime behind a unix socket that speaks CRI v1: containerd, CRI-O.</summary>
internal sealed partial class CriClient : IRuntime, IRuntimeImages, IRuntimeStreams, IRuntimeStats, IDisposable
{
    /// <summary>Kubelet's <c>--runtime-request-timeout</c>.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(2);

    /// <summary>A list with the labels and annotations of many pods is larger than gRPC's usual 4 MiB; upstream allows the same.</summary>
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    private readonly TimeProvider _clock;
    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;
    private readonly ImageService.ImageServiceClient _images;

    /// <param name="endpoint"><c>unix:///run/…/containerd.sock</c>, or the bare path.</param>
    public CriClient(string endpoint, TimeProvider clock)
    {
        _clock = clock;
        Endpoint = endpoint;
        var socket = new UnixDomainSocketEndPoint(SocketPath(endpoint));
        _channel = GrpcChannel.ForAddress("http://localhost", new()
        {
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                ConnectCallback = async (_, ct) => await ConnectAsync(socket, ct),
            },
        });
        _runtime = new(_channel);
        _images = new(_channel);
    }

    public string Endpoint { get; }

    public void Dispose() => _channel.Dispose();

    internal static string SocketPath(string endpoint) =>
        endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;

    private static async ValueTask<Stream> ConnectAsync(UnixDomainSocketEndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DialException(endpoint.ToString(), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct) => CallAsync(call, Usual, ct);

    /// <summary>Every call goes through here: one deadline, one translation of errors.</summary>
    /// <param name="timeout"><see cref="Timeout.InfiniteTimeSpan"/>: no deadline.</param>
    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, CancellationToken ct)
    {
        DateTime? deadline = timeout == Timeout.InfiniteTimeSpan ? null : (_clock.GetUtcNow() + timeout).UtcDateTime;
        try
        {
            using var answer = call(new CallOptions(deadline: deadline, cancellationToken: ct));
            return await answer;
        }
        catch (RpcException e) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call to the container runtime was cancelled", e, ct);
        }
        catch (RpcException e)
        {
            throw RuntimeException.From(e);
        }
    }

    private Task<T?> FindAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct)
        where T : class => FindAsync(call, Usual, ct);

    /// <summary>A call whose "not found" is an answer.</summary>
    private async Task<T?> FindAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, CancellationToken ct)
        where T : class
    {
        try
        {
            return await CallAsync(call, timeout, ct);
        }
        catch (RuntimeException e) when (e.Kind == RuntimeErrorKind.NotFound)
        {
            return null;
        }
    }
}
