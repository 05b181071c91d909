using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.ApiServer.Streams;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Connections to aggregated servers, made with the front proxy's certificate and kept between requests. Thread-safe.</summary>
internal sealed class RemoteConnections(ServiceAddresses addresses, FrontProxy proxy, TimeProvider clock)
{
    private const int MostIdle = 32;
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    /// <summary>A renewed certificate is shown, and an endpoint that moved is left, after this time at the latest.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Target, Stack<RemoteConnection>> _idle = [];

    /// <summary>Connections of one target are alike: same address, same trust.</summary>
    private readonly record struct Target(string Host, int Port, string Name, string Authorities);

    /// <summary>Where the API's service is reached now.</summary>
    /// <exception cref="IOException">Nobody answers for it.</exception>
    public ValueTask<(string Host, int Port)> ResolveAsync(RemoteApi api, CancellationToken ct) =>
        proxy.RoutesToEndpoints ? addresses.EndpointAsync(api.Service, api.Port, ct) : addresses.ClusterAddressAsync(api.Service, api.Port, ct);

    /// <summary>An idle connection, or a new one.</summary>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="FormatException">The API's authorities are no certificates.</exception>
    public async Task<RemoteConnection> RentAsync(RemoteApi api, (string Host, int Port) address, CancellationToken ct)
    {
        while (TryPop(TargetOf(api, address)) is { } known)
        {
            if (IsFresh(known) && known.IsQuiet)
                return known;

            await known.DisposeAsync();
        }

        return await OpenAsync(api, address, ct);
    }

    /// <summary>Gives back a connection on which the last answer was read to its end.</summary>
    public async ValueTask ReturnAsync(RemoteApi api, (string Host, int Port) address, RemoteConnection connection)
    {
        connection.IdleSince = clock.GetTimestamp();
        connection.WasUsed = true;
        if (!IsFresh(connection) || !TryPush(TargetOf(api, address), connection))
            await connection.DisposeAsync();
    }

    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="FormatException">The API's authorities are no certificates.</exception>
    public async Task<RemoteConnection> OpenAsync(RemoteApi api, (string Host, int Port) address, CancellationToken ct)
    {
        var options = Tls(api);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var time = new CancellationTokenSource(DialTimeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(options, limit.Token);
            return new(socket, tls, clock.GetTimestamp());
        }
        catch (Exception e) when (e is SocketException or AuthenticationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw new IOException(Cause(e, address), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes what has been idle for too long. Servers that are gone leave nothing behind.</summary>
    public async ValueTask TrimAsync()
    {
        List<RemoteConnection> stale = [];
        lock (_gate)
        {
            foreach (var (target, idle) in _idle.ToList())
            {
                var fresh = idle.Where(IsFresh).Reverse().ToList();
                stale.AddRange(idle.Except(fresh));
                if (fresh.Count > 0)
                    _idle[target] = new(fresh);
                else
                    _idle.Remove(target);
            }
        }

        foreach (var connection in stale)
            await connection.DisposeAsync();
    }

    private bool IsFresh(RemoteConnection connection) =>
        clock.GetElapsedTime(connection.OpenedAt) < Lifetime && (!connection.WasUsed || clock.GetElapsedTime(connection.IdleSince) < IdleLimit);

    private RemoteConnection? TryPop(Target target)
    {
        lock (_gate)
            return _idle.TryGetValue(target, out var idle) && idle.TryPop(out var connection) ? connection : null;
    }

    private bool TryPush(Target target, RemoteConnection connection)
    {
        lock (_gate)
        {
            if (!_idle.TryGetValue(target, out var idle))
                _idle[target] = idle = new();
            if (idle.Count >= MostIdle)
                return false;

            idle.Push(connection);
            return true;
        }
    }

    private static Target TargetOf(RemoteApi api, (string Host, int Port) address)
    {
        var spec = api.Object.Spec;
        return new(address.Host, address.Port, api.Host, spec.InsecureSkipTLSVerify ? "any" : Convert.ToHexString(SHA256.HashData(spec.CaBundle.Span)));
    }

    private SslClientAuthenticationOptions Tls(RemoteApi api)
    {
        var authorities = TrustedAuthorities.Read(api.Object.Spec.CaBundle);
#pragma warning disable CA5359 // Any certificate will do where the APIService says so (insecureSkipTLSVerify).
        return new()
        {
            TargetHost = api.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => proxy.ClientCertificate()!, // null is allowed: no certificate
            RemoteCertificateValidationCallback = api.Object.Spec.InsecureSkipTLSVerify ? static (_, _, _, _) => true
                : authorities is null ? null
                : (_, certificate, chain, errors) => TrustedAuthorities.HaveSigned(authorities, certificate, chain, errors),
        };
#pragma warning restore CA5359
    }

    private static string Cause(Exception e, (string Host, int Port) address)
    {
        var authority = string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
        return e switch
        {
            OperationCanceledException => $"dial tcp {authority}: i/o timeout",
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"dial tcp {authority}: connect: connection refused",
            SocketException { SocketErrorCode: SocketError.HostUnreachable } => $"dial tcp {authority}: connect: no route to host",
            SocketException => $"dial tcp {authority}: {e.Message}",
            _ => DialErrors.Cause(e),
        };
    }
}
