using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeSharp.ApiServer.Streams;

/// <summary>The authorities that an object names in its <c>caBundle</c>, and whether a server's certificate is of theirs.</summary>
internal static class TrustedAuthorities
{
    /// <returns>Null for none: then the machine's own authorities count.</returns>
    /// <exception cref="FormatException">The bundle holds no certificates.</exception>
    public static X509Certificate2Collection? Read(ReadOnlyMemory<byte> pem)
    {
        if (pem.IsEmpty)
            return null;

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(System.Text.Encoding.UTF8.GetString(pem.Span));
        }
        catch (CryptographicException e)
        {
            throw new FormatException("unable to load root certificates: " + e.Message, e);
        }

        return authorities.Count > 0 ? authorities : throw new FormatException("unable to load root certificates: unable to parse bytes as PEM block");
    }

    public static bool HaveSigned(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (presented is not null)
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(e => e.Certificate).ToArray());
        return chain.Build(leaf);
    }
}
