using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>A TLS server on loopback that takes one connection after another and hands each, with its request's head, to the test.</summary>
internal sealed class FakeKubelet : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, Task> _answer;
    private readonly Task _loop;

    public FakeKubelet(Func<string, Stream, Task> answer)
    {
        _answer = answer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubelet", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _listener.Start();
        _loop = RunAsync();
    }

    public X509Certificate2 Certificate { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The name of whoever connected last, out of its certificate.</summary>
    public string? Client { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        Certificate.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var tls = new SslStream(socket.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate, ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, _, _, _) => true }, _stop.Token);
                Client = tls.RemoteCertificate?.Subject;
                var head = new StringBuilder();
                var one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await tls.ReadAsync(one, _stop.Token) > 0)
                    head.Append((char)one[0]);
                await _answer(head.ToString(), tls);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // stopped
        }
        catch (InvalidOperationException) when (_stop.IsCancellationRequested)
        {
            // stopped between two connections: then the listener is not listening
        }
    }
}
