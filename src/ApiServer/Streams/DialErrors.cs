using System.Net.Sockets;
using System.Security.Authentication;

namespace KubeSharp.ApiServer.Streams;

/// <summary>As Go's client words what kept it from an answer, where that is known: people search for these words.</summary>
internal static class DialErrors
{
    public static string Cause(Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "dial tcp: connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return "dial tcp: lookup: no such host";
                case AuthenticationException:
                    return "tls: failed to verify certificate: x509: certificate is not valid for this name, or signed by unknown authority";
                case IOException or FormatException when inner.InnerException is null:
                    return inner.Message;
            }
        }

        return e.Message;
    }
}
