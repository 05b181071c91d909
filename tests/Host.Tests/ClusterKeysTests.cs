using System.Net;
using KubeSharp.Host.Config;
using KubeSharp.Host.Pki;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Host.Tests;

/// <summary>Keys and certificates under clocks that are wrong.</summary>
public sealed class ClusterKeysTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubesharp-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Everything_is_kept_over_a_restart()
    {
        var first = At(Now);
        var again = At(Now.AddDays(30));

        Assert.Equal(first.CertificateAuthority.Thumbprint, again.CertificateAuthority.Thumbprint);
        Assert.Equal(Server(first).Thumbprint, Server(again).Thumbprint);
        Assert.Equal(first.Administrator().Thumbprint, again.Administrator().Thumbprint);
    }

    [Fact]
    public void A_certificate_is_renewed_when_a_third_of_its_life_is_left_and_the_authority_never()
    {
        var (authority, server) = (At(Now).CertificateAuthority.Thumbprint, Server(At(Now)).Thumbprint);

        var later = At(Now.AddDays(250));
        Assert.Equal(authority, later.CertificateAuthority.Thumbprint);
        Assert.NotEqual(server, Server(later).Thumbprint);
        Assert.Equal(authority, At(Now.AddDays(3000)).CertificateAuthority.Thumbprint);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void An_hour_more_or_less_hurts_nobody(int hours)
    {
        var keys = At(Now);
        var server = Server(keys);
        var shifted = At(Now.AddHours(hours));

        Assert.Equal(keys.CertificateAuthority.Thumbprint, shifted.CertificateAuthority.Thumbprint);
        Assert.Equal(server.Thumbprint, Server(shifted).Thumbprint);
    }

    [Fact]
    public void A_clock_before_the_authority_is_named_and_nothing_is_changed()
    {
        var authority = At(Now).CertificateAuthority.Thumbprint;

        var refused = Assert.Throws<StartException>(() => At(DateTimeOffset.UnixEpoch));
        Assert.StartsWith("this machine's clock says 1970-01-01 00:00:00Z, but the cluster's authority", refused.Message, StringComparison.Ordinal);
        Assert.Contains("set the clock", refused.Message, StringComparison.Ordinal);
        Assert.Equal(authority, At(Now).CertificateAuthority.Thumbprint);
    }

    [Fact]
    public void A_clock_ten_years_ahead_is_named_and_nothing_is_changed()
    {
        var authority = At(Now).CertificateAuthority.Thumbprint;

        var refused = Assert.Throws<StartException>(() => At(Now.AddDays(3652)));
        Assert.Contains("expired on 2035-12-31", refused.Message, StringComparison.Ordinal);
        Assert.Equal(authority, At(Now).CertificateAuthority.Thumbprint);
    }

    [Fact]
    public void A_certificate_of_a_clock_that_was_ahead_is_made_anew_when_the_clock_is_right_again()
    {
        At(Now);
        var ahead = Server(At(Now.AddDays(2000)));
        Assert.True(ahead.NotBefore > Now.AddDays(1000));

        var right = Server(At(Now));
        Assert.True(right.NotBefore.ToUniversalTime() <= Now && Now < right.NotAfter.ToUniversalTime());
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 Server(ClusterKeys keys) => keys.ApiServer(["kubernetes"], [IPAddress.Loopback]);

    private ClusterKeys At(DateTimeOffset now) => new(_folder.FullName, new FakeTimeProvider(now));
}
