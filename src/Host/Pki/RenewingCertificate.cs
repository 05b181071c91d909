using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.Host.Pki;

/// <summary>A certificate that is made anew in time; servers ask for the current one at every handshake.</summary>
/// <param name="ensure">Gives the one on disk if it is still fresh, else a new one.</param>
internal sealed class RenewingCertificate(Func<X509Certificate2> ensure, TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(6);
    private volatile X509Certificate2 _current = ensure();

    public X509Certificate2 Current => _current;

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(ct))
            _current = ensure(); // the old one is not disposed: handshakes may still hold it
    }
}
