using System.Net.Sockets;

namespace KubeSharp.Kubelet.Cri;

/// <summary>Nothing answers behind a unix socket, in Go's words: people look for those.</summary>
/// <remarks>.NET alone would call a missing socket an address that cannot be assigned, and name the host of the URL instead of the path.</remarks>
internal sealed class DialException(string path, SocketException inner)
    : IOException($"connection error: desc = \"transport: Error while dialing: dial unix {path}: connect: {Why(path, inner)}\"", inner)
{
    private static string Why(string path, SocketException e) =>
        !File.Exists(path) ? "no such file or directory"
        : e.SocketErrorCode == SocketError.ConnectionRefused ? "connection refused"
        : e.Message;
}
