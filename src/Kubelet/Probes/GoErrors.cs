using System.Net.Sockets;

namespace KubeSharp.Kubelet.Probes;

/// <summary>Socket errors in the words people know from Go programs, since events and statuses carry them.</summary>
internal static class GoErrors
{
    public static string Text(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connect: connection refused",
        SocketError.HostUnreachable => "connect: no route to host",
        SocketError.NetworkUnreachable => "connect: network is unreachable",
        SocketError.ConnectionReset => "read: connection reset by peer",
        SocketError.TimedOut => "i/o timeout",
        SocketError.HostNotFound => "no such host",
        _ => e.Message,
    };
}
