namespace KubeSharp.ApiServer.Streams;

/// <summary>Makes connections to a sort of backend.</summary>
internal interface IDialer
{
    /// <summary>A connection of its own, TLS done, on which an HTTP/1.1 request can be written.</summary>
    /// <exception cref="IOException">The backend cannot be reached.</exception>
    Task<Stream> ConnectAsync(Backend backend, CancellationToken ct);
}
