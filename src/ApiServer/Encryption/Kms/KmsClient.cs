using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;

namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>A key service behind a unix socket. Connects on first use, and anew when the plugin was restarted.</summary>
/// <param name="name">For metrics.</param>
/// <param name="timeout">How long one call may take.</param>
internal sealed class KmsClient(string name, string socket, TimeSpan timeout, TimeProvider clock) : IDisposable
{
    private const string Service = "/v2.KeyManagementService/";

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress("http://localhost", new()
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = async (_, ct) => await ConnectAsync(socket, ct),
        },
    });

    /// <exception cref="RpcException">It did not answer, or refused.</exception>
    public Task<StatusResponse> StatusAsync(CancellationToken ct) => CallAsync("Status", (client, options) => client.StatusAsync(new(), options), ct);

    /// <inheritdoc cref="StatusAsync"/>
    public Task<EncryptResponse> EncryptAsync(EncryptRequest request, CancellationToken ct) => CallAsync("Encrypt", (client, options) => client.EncryptAsync(request, options), ct);

    /// <inheritdoc cref="StatusAsync"/>
    public Task<DecryptResponse> DecryptAsync(DecryptRequest request, CancellationToken ct) => CallAsync("Decrypt", (client, options) => client.DecryptAsync(request, options), ct);

    public void Dispose() => _channel.Dispose();

    private async Task<T> CallAsync<T>(string method, Func<KeyManagementService.KeyManagementServiceClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var code = StatusCode.OK;
        using var limit = new CancellationTokenSource(timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var answer = call(new(_channel), new(cancellationToken: both.Token));
            return await answer;
        }
        catch (Exception e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
            code = StatusCode.DeadlineExceeded;
            throw new RpcException(new(code, $"no answer within {timeout.TotalSeconds} s"), e.Message);
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is RpcException)
        {
            code = StatusCode.Cancelled;
            throw new OperationCanceledException("The call to the key service was cancelled", e, ct);
        }
        catch (RpcException e)
        {
            code = e.StatusCode;
            throw;
        }
        finally
        {
            KmsMetrics.Called(name, Service + method, code, clock.GetElapsedTime(began));
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
