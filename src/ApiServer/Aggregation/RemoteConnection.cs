using System.Net.Sockets;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>
/// A connection to an aggregated server on which requests are written as bytes. .NET's own client would join the values of a header into one
/// line, and a user of two groups would be in one strange group.
/// </summary>
internal sealed class RemoteConnection(Socket socket, Stream stream, long openedAt) : IAsyncDisposable
{
    public Stream Output => stream;

    public ReadAhead Input { get; } = new(stream);

    /// <summary>When it was made and last given back, as timestamps of the clock.</summary>
    public long OpenedAt => openedAt;

    public long IdleSince { get; set; }

    public bool WasUsed { get; set; }

    /// <summary>Whether it is idle as it should be: what is readable now is its end, or something nobody asked for.</summary>
    public bool IsQuiet => !Input.HasMore && !socket.Poll(0, SelectMode.SelectRead);

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
